// @ts-check
// OTHER: a generator. A reader that leaves it early makes the call `partial`; the words read are its rounds.
import { FeatureCategory, trackFeature } from '@cloudcurio/feature-tracking'
import { readFile } from 'node:fs/promises'
import { userOf } from './users.js'

/** @typedef {import('./repository.js').SourceFile} SourceFile */

/** @param {string} text */
export function* wordsOf(text) {
  for (const [word] of text.matchAll(/\p{L}{2,}/gu)) yield word.toLowerCase()
}

const readWords = trackFeature('read_words', FeatureCategory.OTHER, {
  userId: (/** @type {string} */ _text, /** @type {string} */ user) => user,
})((/** @type {string} */ text, /** @type {string} */ _user) => wordsOf(text))

/** @param {readonly SourceFile[]} files */
export async function workOnWords(files) {
  const texts = await Promise.all(
    files
      .filter(({ isText }) => isText)
      .slice(0, 24)
      .map(({ path }) => readFile(path, 'utf8')),
  )
  let found = 0
  texts.forEach((text, index) => {
    // One reader looks for a word and leaves when it has found it.
    for (const word of readWords(text, userOf(index, 3))) {
      if (word !== 'import') continue
      found++
      break
    }
  })
  return `${found} of ${texts.length} files say "import"; their generators were left there`
}
