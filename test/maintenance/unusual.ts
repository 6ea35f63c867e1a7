import fc from 'fast-check'

/** Values as anybody may have stored them in the documented columns. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('', '\0', 'a\0b', '\n\r\t', "'", '"', '\u2028', '漢字 👩‍👩‍👧', '{"a":1}', '=1+1'),
)
/** Times as they are measured, and numbers that lie next to one. */
const measured = fc
  .tuple(fc.integer({ min: 0, max: 1e12 }), fc.constantFrom(1e9, 1e6, 1e4), fc.constantFrom(0, 1, -1))
  .map(([parts, unit, ulps]) => (parts / unit) * (1 + ulps * Number.EPSILON))
const real = fc.oneof(
  fc.double({ noNaN: true }),
  measured,
  fc.constantFrom(0, -0, 1e-320, 0.1 + 0.2, Infinity, -Infinity),
)
const whole = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(null, 2n ** 63n - 1n),
)
const bytes = fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array))
const time = fc.oneof(
  fc.constantFrom('2026-01-01T00:00:00.000000+00:00', '2026-01-01T10:00:00.5', '2026-01-01 10:00', 'no time', ''),
  text,
)

/** Rows in the order of the columns. */
export const unusualRows = fc.array(
  fc.tuple(
    fc.oneof(
      fc.uuid(),
      text.filter((id) => id !== ''),
    ),
    text,
    fc.oneof(fc.constantFrom('other', 'agent_platform'), text),
    fc.oneof(fc.constantFrom('success', 'failed'), text),
    fc.oneof(real, text),
    time,
    time,
    fc.oneof(whole, real),
    whole,
    fc.oneof(text, fc.constant(null), bytes),
    fc.oneof(text, fc.constant(null)),
    text,
    fc.oneof(text, fc.constant(null)),
    fc.oneof(real, fc.constant(null)),
    whole,
  ),
  { maxLength: 40 },
)
