import type { Writable } from 'node:stream'
import { CliError } from '../errors.js'

const CHUNK_LENGTH = 65_536

/**
 * Writes pieces one chunk at a time, each only when the one before has been taken, so that a slow reader holds the
 * program back instead of filling its memory. A reader that went away, such as `head`, ends the writing quietly.
 *
 * @throws CliError when the output cannot be written for another reason, such as a full disk
 */
export async function write(stream: Writable, pieces: Iterable<string>): Promise<void> {
  try {
    for (const chunk of chunks(pieces)) await taken(stream, chunk)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') return
    throw new CliError('output_failed', `the output cannot be written (${message})`, undefined, { cause: error })
  }
}

function taken(stream: Writable, chunk: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(chunk, (error) => {
      if (error === null || error === undefined) resolve()
      else reject(error)
    })
  })
}

function* chunks(pieces: Iterable<string>): Generator<string> {
  let chunk = ''
  for (const piece of pieces) {
    chunk += piece
    if (chunk.length < CHUNK_LENGTH) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}
