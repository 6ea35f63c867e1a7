import { z } from '@hono/zod-openapi'
import type * as contract from '../contract.js'
import { category, status } from './schemas.js'

export const MEASURES = [
  'total_calls',
  'success_count',
  'failure_count',
  'partial_count',
  'timeout_count',
  'success_rate',
  'avg_duration',
  'p50_duration',
  'p95_duration',
  'p99_duration',
  'avg_efficiency',
  'users',
] as const satisfies readonly contract.Measure[]

export const GROUPS = ['feature', 'category', 'status'] as const satisfies readonly contract.GroupBy[]

const KINDS = ['number', 'line', 'area', 'bar', 'table'] as const satisfies readonly contract.WidgetKind[]

const bucket = z.enum(['minute', 'hour', 'day'])
const measure = z.enum(MEASURES).openapi('Measure')

export const queryAnswer = z
  .object({
    measure,
    bucket: bucket.nullable(),
    starts: z.array(z.string()),
    groups: z.array(
      z.object({
        label: z.string(),
        // A reference that may be null: `nullable()` of one makes a schema that takes neither.
        category: z.union([category, z.null()]),
        value: z.number(),
        values: z.array(z.number().nullable()),
      }),
    ),
  })
  .openapi('QueryResult') satisfies z.ZodType<contract.QueryResponse>

const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'give 1 to 64 letters, digits, "-" or "_"')
const title = z.string().max(200)

const widget = z
  .strictObject({
    id,
    title,
    kind: z.enum(KINDS),
    measure,
    group_by: z.enum(GROUPS).nullable(),
    bucket: bucket.nullable(),
    limit: z.int().min(1).max(20),
    filter: z.strictObject({
      feature: z.string().max(1000).exactOptional(),
      category: category.exactOptional(),
      status: status.exactOptional(),
      user: z.string().max(1000).exactOptional(),
    }),
    range: z
      .string()
      .regex(/^\d{1,6}[mhdw]$/, 'give how far back: 30m, 24h, 7d, 4w')
      .nullable(),
    width: z.int().min(1).max(12),
  })
  .openapi('Widget') satisfies z.ZodType<contract.Widget>

const page = z
  .strictObject({ id, title, widgets: z.array(widget).max(50).refine(areUnique, 'give each widget an id of its own') })
  .openapi('WidgetPage') satisfies z.ZodType<contract.WidgetPage>

export const widgetsDocument = z
  .strictObject({
    version: z.literal(1),
    pages: z.array(page).max(50).refine(areUnique, 'give each page an id of its own'),
  })
  .openapi('Widgets') satisfies z.ZodType<contract.WidgetsDocument>

function areUnique(items: readonly { id: string }[]): boolean {
  return new Set(items.map((item) => item.id)).size === items.length
}
