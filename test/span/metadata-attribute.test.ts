import type { AttributeValue } from '@opentelemetry/api'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Plain } from '../../src/record/index.js'
import { metadataFromAttribute, metadataToAttribute } from '../../src/span/index.js'
import { sdkSpan } from '../support/spans.js'

/** JSON knows one zero; texts that look like JSON are the hard ones. */
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Plain)
const jsonText = fc.oneof(
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', 'n', 'null', ' ', ',', '1') }),
)
const value: fc.Arbitrary<Plain> = fc.oneof(
  json,
  jsonText,
  fc.array(jsonText),
  fc.array(fc.integer()),
  fc.array(fc.oneof(fc.integer(), fc.string(), fc.boolean())),
)

describe('a metadata value as an attribute', () => {
  it('comes back as what it was', () => {
    fc.assert(
      fc.property(value, (given) => {
        expect(metadataFromAttribute(metadataToAttribute(given))).toStrictEqual(given)
      }),
      { numRuns: 2000 },
    )
  })

  it('is a value that the SDK takes', () => {
    fc.assert(
      fc.property(value, (given) => {
        const attribute = metadataToAttribute(given)
        const kept: AttributeValue | undefined = sdkSpan({ attributes: { key: attribute } }).attributes['key']
        expect(metadataFromAttribute(kept)).toStrictEqual(given)
      }),
    )
  })

  it.each([
    ['text', 'text'],
    [1.5, 1.5],
    [true, true],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [
      [1, 2],
      [1, 2],
    ],
    [null, 'null'],
    ['null', '"null"'],
    [[], '[]'],
    [[1, 'a'], '[1,"a"]'],
    [{ a: 1 }, '{"a":1}'],
    ['{"a":1}', String.raw`"{\"a\":1}"`],
    ['{not json', '{not json'],
    ['[1]', '"[1]"'],
    ['"quoted"', String.raw`"\"quoted\""`],
  ] as [Plain, AttributeValue][])('of %j is %j', (given, attribute) => {
    expect(metadataToAttribute(given)).toEqual(attribute)
    expect(metadataFromAttribute(attribute)).toEqual(given)
  })
})
