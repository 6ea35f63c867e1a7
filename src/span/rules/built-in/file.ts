import { FeatureCategory } from '../../../record/index.js'
import type { SpanFacts } from '../../readable-span.js'
import { bytesOf, keep } from '../reading.js'
import type { BuiltIn } from './built-in.js'

const SCOPE = '@opentelemetry/instrumentation-fs'
const FS_NAME = /^fs [A-Za-z]+$/

/** Work on files: `fs readFile`. Never a path. */
export const file: BuiltIn = {
  set: 'file',
  looksFor: `file.path, and is not of ${SCOPE}`,
  marks: { attributes: ['file.path'], scope: SCOPE },
  matches: (name, _kind, attributes, scope) =>
    scope === SCOPE ? FS_NAME.test(name) : typeof attributes['file.path'] === 'string',
  mayMatch: (name, _kind, attributes) => FS_NAME.test(name) || attributes['file.path'] !== undefined,
  featureName,
  category: () => FeatureCategory.FILE_OPERATION,
  layer: () => 'file',
  details: ({ attributes }) => ({
    inputSize: bytesOf(attributes, ['file.size']),
    metadata: keep(attributes, [['file.extension'], ['file.size']]),
  }),
}

/** The first word of the span's name, unless a path may hide in it. */
function featureName({ name }: SpanFacts): string {
  if (FS_NAME.test(name)) return name
  const [first = ''] = name.trim().split(/\s/, 1)
  return /^[A-Za-z][\w.:-]{0,63}$/.test(first) && !/\.\w{1,5}$/.test(first) ? `file ${first}` : 'file'
}
