import type { RecordInput } from '../../src/record/index.js'

const text = (value: string): Partial<RecordInput> => ({
  featureName: value,
  userId: value,
  sessionId: value,
  errorMessage: value,
  metadata: { [value]: value },
})

/** Values at the edges of what a record may hold. */
export const UNUSUAL: readonly (readonly [what: string, fields: Partial<RecordInput>])[] = [
  ['accents, emoji and joined characters', text('größe ✓ 👩‍👩‍👧 e\u0301 \u{10ffff}')],
  ['quotes and semicolons', text(`'; DROP TABLE feature_usage; -- "\` \\`)],
  ['blanks and control characters', text(' \t\r\n\u0001\u007f ')],
  ['NUL', text('a\0b')],
  ['wild cards', text('%_*?[a-z]{}')],
  ['text from right to left', text('\u202eabc\u202c שלום')],
  ['text that looks like numbers, null and JSON', text('0012.50')],
  [
    'the texts null and {}',
    { featureName: 'null', userId: 'NULL', sessionId: '{}', errorMessage: '[]', metadata: { null: 'null' } },
  ],
  ['a long text', { errorMessage: 'ü'.repeat(500_000), metadata: { long: 'x'.repeat(500_000) } }],
  ['empty texts', { sessionId: '', errorMessage: '', userId: '', metadata: { '': '' } }],
  ['nothing that may lack', { userId: null, errorMessage: null, metadata: {}, inputSize: 0, outputSize: 0 }],
  [
    'the largest numbers',
    {
      duration: Number.MAX_VALUE,
      startTime: 0,
      endTime: 0,
      inputSize: Number.MAX_SAFE_INTEGER,
      outputSize: Number.MAX_SAFE_INTEGER,
      iterations: Number.MAX_SAFE_INTEGER,
    },
  ],
  ['the smallest numbers', { duration: Number.MIN_VALUE, efficiencyScore: Number.MIN_VALUE, iterations: 0 }],
  ['a fraction to its last digit', { duration: 0.1 + 0.2, efficiencyScore: 1 / 3 }],
  ['the scores 0 and 1', { duration: 5, efficiencyScore: 0 }],
  ['the first and the last year', { startTime: '0000-01-01T00:00:00Z', endTime: '9999-12-31T23:59:59Z', duration: 1 }],
  ['nested metadata', { metadata: { a: { b: [1, -1.5, 1e300, null, true, { c: [] }] }, '0': 'zero', list: [[], {}] } }],
  [
    'hostile metadata keys',
    {
      metadata: JSON.parse('{"__proto__":{"x":1},"constructor":{"prototype":1},"toString":2}') as Record<
        string,
        unknown
      >,
    },
  ],
]
