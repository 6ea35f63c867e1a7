import {
  type Attributes,
  type AttributeValue,
  type Exception,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { at, outcome, type Script } from '../support/two-spans.js'

const remote = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: TraceFlags.SAMPLED,
  isRemote: true,
}
const link: Link = { context: remote, attributes: { reason: 'retry' } }
const wrong = (value: unknown) => value as AttributeValue
const times = (count: number, work: (index: number) => void) => {
  for (let index = 0; index < count; index++) work(index)
}

const SCRIPTS: Record<string, Script> = {
  'nothing but start and end': {},
  'kind and attributes at the start': {
    options: { kind: SpanKind.CLIENT, attributes: { a: 1, b: 'two', c: [true, false] } },
  },
  'a sampled parent': { context: trace.setSpanContext(ROOT_CONTEXT, remote) },
  'a parent with trace state': {
    context: trace.setSpanContext(ROOT_CONTEXT, {
      ...remote,
      traceState: { serialize: () => 'k=v', get: () => 'v' } as never,
    }),
  },
  'an invalid parent': {
    context: trace.setSpanContext(ROOT_CONTEXT, { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 1 }),
  },
  'a parent and root': { context: trace.setSpanContext(ROOT_CONTEXT, remote), options: { root: true } },
  'links at the start': { options: { links: [link, { context: remote }] } },
  'attributes one by one': {
    work: (span) => span.setAttribute('a', 1).setAttribute('a', 2).setAttribute('b', ['x', 'y']),
  },
  'attributes without a value': {
    work: (span) => span.setAttribute('a', wrong(undefined)).setAttribute('b', wrong(null)).setAttribute('', 1),
  },
  'attribute values of a wrong kind': {
    work: (span) =>
      span.setAttributes({
        object: wrong({ a: 1 }),
        mixed: wrong([1, 'a']),
        function: wrong(() => {}),
        symbol: wrong(Symbol('s')),
        bigint: wrong(1n),
      }),
  },
  '150 attributes': { work: (span) => times(150, (index) => span.setAttribute(`k${index}`, index)) },
  '128 attributes, then one of them again': {
    work: (span) => times(300, (index) => span.setAttribute(`k${index % 128}`, index)),
  },
  'events with and without attributes': {
    work: (span) =>
      span
        .addEvent('a', at(1))
        .addEvent('b', { k: 1 }, at(2))
        .addEvent('c', undefined, at(3))
        .addEvent('d', new Date(1.7e12)),
  },
  'an event with attributes of a wrong kind': {
    work: (span) => span.addEvent('a', { fine: 1, object: wrong({}), none: wrong(undefined) }, at(1)),
  },
  '150 events': { work: (span) => times(150, (index) => span.addEvent(`e${index}`, at(1))) },
  'links later': { work: (span) => span.addLink(link).addLinks([{ context: remote }, link]) },
  '150 links': { work: (span) => times(150, () => span.addLink(link)) },
  'status OK, then ERROR': {
    work: (span) =>
      span
        .setStatus({ code: SpanStatusCode.OK, message: 'no' })
        .setStatus({ code: SpanStatusCode.ERROR, message: 'm' }),
  },
  'status ERROR, then UNSET, then OK': {
    work: (span) =>
      span
        .setStatus({ code: SpanStatusCode.ERROR, message: 'm' })
        .setStatus({ code: SpanStatusCode.UNSET })
        .setStatus({ code: SpanStatusCode.OK }),
  },
  'status ERROR twice': {
    work: (span) =>
      span.setStatus({ code: SpanStatusCode.ERROR, message: 'm' }).setStatus({ code: SpanStatusCode.ERROR }),
  },
  'a status message that is no text': {
    work: (span) => span.setStatus({ code: SpanStatusCode.ERROR, message: new Error('m') as unknown as string }),
  },
  'another name': { work: (span) => span.updateName('other') },
  'an end before the start': { work: (span) => span.end(at(-100)) },
  'an end as a Date and as milliseconds': {
    options: { startTime: new Date(1.7e12) },
    work: (span) => span.end(1.7e12 + 5.5),
  },
  'everything after the end': {
    work: (span) => {
      span.end(at(1))
      span
        .setAttribute('a', 1)
        .setAttributes({ b: 2 })
        .addEvent('e')
        .addLink(link)
        .addLinks([link])
        .setStatus({ code: SpanStatusCode.ERROR })
        .updateName('other')
      span.recordException(new Error('late'))
      span.end(at(2))
    },
  },
}

const EXCEPTIONS: Record<string, unknown> = {
  'a text': 'boom',
  'the empty text': '',
  'name and message': { name: 'RangeError', message: 'boom' },
  'a stack': { name: 'RangeError', message: 'boom', stack: 'RangeError: boom\n    at x' },
  'a code of text': { code: 'ENOENT', name: 'Error', message: 'boom' },
  'a code of number': { code: 7, name: 'Error', message: 'boom' },
  'a code that is 0': { code: 0, name: 'Error', message: 'boom' },
  'a code that is null': { code: null, name: 'Error', message: 'boom' },
  'only a message': { message: 'boom' },
  'empty texts': { name: '', message: '' },
  'nothing in it': {},
  null: null,
  undefined: undefined,
  'a number': 7,
}

describe('FeatureSpan does as the span of the SDK', () => {
  it.each(Object.entries(SCRIPTS))('with %s', (_what, script) => {
    expect(outcome('ours', script)).toEqual(outcome('sdk', script))
  })

  it.each(Object.entries(EXCEPTIONS))('with an exception that is %s', (_what, exception) => {
    const script = { work: (span: Span) => span.recordException(exception as Exception, at(1)) }
    expect(outcome('ours', script)).toEqual(outcome('sdk', script))
  })

  const key = fc.constantFrom('a', 'b', 'c')
  const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string()), fc.constant(undefined))
  const time = fc.integer({ min: 0, max: 1000 }).map(at)
  const attributes = fc.dictionary(
    key,
    value.filter((given) => given !== undefined),
  )
  const status = fc.record({
    code: fc.constantFrom(SpanStatusCode.UNSET, SpanStatusCode.OK, SpanStatusCode.ERROR),
    message: fc.option(fc.string(), { nil: undefined }),
  })
  const step: fc.Arbitrary<(span: Span) => void> = fc.oneof(
    fc.tuple(key, value).map(
      ([k, v]) =>
        (span: Span) =>
          void span.setAttribute(k, wrong(v)),
    ),
    attributes.map((given) => (span: Span) => void span.setAttributes(given)),
    fc.tuple(fc.string(), attributes, time).map(
      ([name, given, when]) =>
        (span: Span) =>
          void span.addEvent(name, given, when),
    ),
    status.map((given) => (span: Span) => void span.setStatus(given as { code: SpanStatusCode })),
    fc.string().map((name) => (span: Span) => void span.updateName(name)),
    fc.tuple(fc.string({ minLength: 1 }), time).map(
      ([message, when]) =>
        (span: Span) =>
          span.recordException({ name: 'E', message }, when),
    ),
    fc.constant((span: Span) => void span.addLink(link)),
    time.map((when) => (span: Span) => span.end(when)),
  )

  it('with any calls in any order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), attributes, (steps, atStart) => {
        const script = {
          options: { attributes: atStart as Attributes },
          work: (span: Span) => steps.forEach((act) => act(span)),
        }
        expect(outcome('ours', script)).toEqual(outcome('sdk', script))
      }),
      { numRuns: 200 },
    )
  })

  it.each(['sdk', 'ours'] as const)('and keeps no hold of what it is given (%s)', (kind) => {
    const [given, list, links] = [{ a: 1 } as Attributes, ['x'], [{ context: remote, attributes: { b: 1 } }]]
    const { members } = outcome(kind, {
      options: { attributes: given, links },
      work: (span) => {
        span.setAttribute('list', list)
        span.addEvent('e', given, at(1))
        given['a'] = 2
        list.push('y')
        links.push({ context: remote, attributes: { b: 2 } })
        span.addLink({ context: remote })
      },
    })
    expect(members).toMatchObject({ attributes: { a: 1, list: ['x'] }, events: [{ attributes: { a: 1 } }] })
    expect(members['links']).toHaveLength(2)
    expect(links).toHaveLength(2)
    expect(given).toEqual({ a: 2 })
  })
})
