import { createRequire } from 'node:module'
import {
  type Attributes,
  type AttributeValue,
  type Span,
  type SpanOptions,
  trace,
  type Tracer,
} from '@opentelemetry/api'
import { isTrue } from '../config/index.js'
import { describeError, processEvents } from '../health/index.js'
import type { Application } from './application.js'
import { isWanted } from './instrumentation-packages.js'

const PACKAGE = '@ai-sdk/otel'

interface AiSdkOtel {
  readonly OpenTelemetry: new (options: { tracer: Tracer }) => object
}

/**
 * Does for Vercel's AI SDK (version 7) what its documentation asks of an application: `registerTelemetry(new
 * OpenTelemetry())`, where `@ai-sdk/otel` is installed. That package loads the whole AI SDK, so it is loaded when the AI
 * SDK first asks for integrations. When the application registers it too, its own takes the place of ours.
 *
 * @returns whether it is installed
 */
export function registerAiSdk(application: Application, environment: NodeJS.ProcessEnv): boolean {
  const path = isWanted(PACKAGE, environment) ? application.resolve(PACKAGE) : undefined
  if (path === undefined || 'AI_SDK_TELEMETRY_INTEGRATIONS' in globalThis) return false
  const define = (property: PropertyDescriptor): void => {
    Object.defineProperty(globalThis, 'AI_SDK_TELEMETRY_INTEGRATIONS', { configurable: true, ...property })
  }
  const become = (value: unknown): void => {
    define({ value, writable: true, enumerable: true })
  }
  define({
    get: () => {
      const integrations: unknown[] = []
      become(integrations)
      addIntegration(integrations, path, environment)
      return integrations
    },
    set: become,
  })
  return true
}

function addIntegration(integrations: unknown[], path: string, environment: NodeJS.ProcessEnv): void {
  try {
    const { OpenTelemetry } = createRequire(path)(path) as AiSdkOtel
    const tracer = trace.getTracer('gen_ai')
    const ours = new OpenTelemetry({ tracer: keepsContent(environment) ? tracer : withoutContent(tracer) })
    integrations.push(ours)
    giveWayTo(integrations, ours)
  } catch (error) {
    processEvents.count('register_failed', `${PACKAGE} could not be set up: ${describeError(error)}`, 1, PACKAGE)
  }
}

/** The next `push` is the application's: two of a kind would make every span twice. */
function giveWayTo(integrations: unknown[], ours: object): void {
  Object.defineProperty(integrations, 'push', {
    configurable: true,
    writable: true,
    value: (...added: unknown[]): number => {
      if (added.some((item) => item?.constructor === ours.constructor)) {
        Reflect.deleteProperty(integrations, 'push')
        integrations.splice(integrations.indexOf(ours), 1)
      }
      return Array.prototype.push.apply(integrations, added)
    },
  })
}

/** The standard variable by which GenAI instrumentation is told to keep what was asked and answered. */
function keepsContent(environment: NodeJS.ProcessEnv): boolean {
  return isTrue(environment['OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT'])
}

/**
 * A tracer whose spans get no prompt and no completion (semantic conventions, GenAI: content is opt-in). With our set-up
 * nobody has asked for them to be kept, let alone sent.
 */
function withoutContent(tracer: Tracer): Tracer {
  return {
    startSpan: (name, options, parent) => muted(tracer.startSpan(name, optionsOf(options), parent)),
    startActiveSpan: (name: string, ...rest: unknown[]) => {
      const work = rest.pop() as (span: Span) => unknown
      const [options, parent] = rest as [SpanOptions?, never?]
      const run = (span: Span) => work(muted(span))
      return parent === undefined
        ? tracer.startActiveSpan(name, optionsOf(options) ?? {}, run)
        : tracer.startActiveSpan(name, optionsOf(options) ?? {}, parent, run)
    },
  }
}

function optionsOf(options: SpanOptions | undefined): SpanOptions | undefined {
  return options?.attributes === undefined ? options : { ...options, attributes: kept(options.attributes) }
}

/** The span itself with three methods that look at what they get. */
function muted(span: Span): Span {
  const { setAttribute, setAttributes, addEvent } = span
  span.setAttribute = (key: string, value: AttributeValue) =>
    isContent(key) ? span : setAttribute.call(span, key, value)
  span.setAttributes = (attributes: Attributes) => setAttributes.call(span, kept(attributes))
  span.addEvent = (name, attributesOrTime, time) =>
    addEvent.call(span, name, isAttributes(attributesOrTime) ? kept(attributesOrTime) : attributesOrTime, time)
  return span
}

function kept(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => !isContent(key)))
}

/** What was asked, answered, and handed to and from tools, by today's names and earlier ones. */
function isContent(key: string): boolean {
  return CONTENT.test(key)
}

const CONTENT =
  /^gen_ai\.(?:input\.messages|output\.messages|system_instructions|prompt|completion|tool\.definitions|tool\.call\.(?:arguments|result))|^ai\.(?:prompt|response\.(?:text|object|toolCalls|reasoning|files)|toolCall\.(?:args|result)|value|embedding|schema)/

function isAttributes(value: unknown): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}
