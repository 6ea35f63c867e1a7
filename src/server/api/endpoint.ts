import type { z } from '@hono/zod-openapi'
import type { AppOptions } from '../options.js'
import type { ErrorCode } from '../contract.js'
import type { FeatureStoreExplorer } from '../../store/index.js'
import type { LiveFeed } from '../live/feed.js'
import type { Answer } from '../respond.js'
import type { WidgetsFile } from '../widgets-file.js'

/** What endpoints answer from. */
export interface Sources {
  readonly store: FeatureStoreExplorer
  readonly dbPath: string
  readonly widgets: WidgetsFile
  readonly feed: LiveFeed
  readonly options: AppOptions
}

/** One question of the API: how it is asked, what is answered, and both for the OpenAPI document. */
export interface Endpoint {
  readonly path: string
  readonly summary: string
  /** Its parameters in the query, and under the same names those in the path. */
  readonly input: z.ZodObject
  /** Names of parameters that are in the path. */
  readonly inPath: readonly string[]
  readonly answer: z.ZodType
  /** Content type of an answer that is no JSON. */
  readonly type: string | undefined
  readonly errors: readonly ErrorCode[]
  readonly handle: (sources: Sources, input: never) => Promise<unknown>
}

interface Given<I extends z.ZodObject, A> {
  path: string
  summary: string
  input: I
  inPath?: readonly string[]
  answer: z.ZodType<A>
  errors?: readonly ErrorCode[]
  handle: (sources: Sources, input: z.output<I>) => Promise<A>
}

export function endpoint<I extends z.ZodObject, A>(given: Given<I, A>): Endpoint {
  return { inPath: [], errors: [], type: undefined, ...given }
}

/** One that answers with a text of another type. */
export function textEndpoint<I extends z.ZodObject>(
  given: Omit<Given<I, string>, 'handle'> & {
    type: string
    handle: (sources: Sources, input: z.output<I>) => Promise<Answer>
  },
): Endpoint {
  return { inPath: [], errors: [], ...given }
}
