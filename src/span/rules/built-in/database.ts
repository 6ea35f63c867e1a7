import { SpanKind } from '@opentelemetry/api'
import { FeatureCategory } from '../../../record/index.js'
import type { SpanFacts } from '../../readable-span.js'
import { type Kept, keep, textOf, valueOf, words } from '../reading.js'
import type { SpanAttributes } from '../rule.js'
import type { BuiltIn } from './built-in.js'
import { summarizeSql } from './sql.js'

/** Semantic conventions, registry/attributes/db; older names after today's. */
const SYSTEM = ['db.system.name', 'db.system']
const OPERATION = ['db.operation.name', 'db.operation']
const COLLECTION = [
  'db.collection.name',
  'db.sql.table',
  'db.mongodb.collection',
  'db.cassandra.table',
  'db.cosmosdb.container',
]
const NAMESPACE = ['db.namespace', 'db.name']
const STATEMENT = ['db.query.text', 'db.statement']

const KEPT: Kept = [
  ['db.system.name', 'db.system'],
  ['db.namespace', 'db.name', 'db.redis.database_index'],
  ['db.response.status_code'],
  ['db.response.returned_rows'],
  ['db.operation.batch.size'],
  ['server.address', 'net.peer.name'],
]

/** Systems whose statements are a command and its arguments. */
const COMMANDS = new Set(['redis', 'memcached', 'valkey', 'keydb'])

/** Commands of connections that are opened and closed. */
const CONNECTING = /^(?:redis-)?(?:connect|disconnect|hello|auth|client|info|readonly|quit)$/i

/** Systems whose operations have names of their own, `insert` among them. */
const NOT_SQL = new Set(['mongodb', 'couchdb', 'elasticsearch', 'opensearch', 'dynamodb', 'aws.dynamodb'])

interface Subject {
  readonly operation: string
  readonly collection: string | undefined
}

/** Queries and commands of databases; connections that are opened are no use of anything. */
export const database: BuiltIn = {
  set: 'database',
  looksFor: 'db.system.name or db.system',
  marks: { attributes: SYSTEM },
  matches: (_name, kind, attributes) =>
    (kind === SpanKind.CLIENT || kind === SpanKind.INTERNAL) && valueOf(attributes, SYSTEM) !== undefined,
  featureName(span) {
    const summary = span.attributes['db.query.summary']
    if (typeof summary === 'string' && summary !== '') return summary
    const subject = subjectOf(span)
    if (subject === undefined) return undefined
    return words(subject.operation, subject.collection ?? textOf(span.attributes, SYSTEM))
  },
  category: () => FeatureCategory.DATABASE_OPERATION,
  layer: () => 'database',
  details(span) {
    const metadata = keep(span.attributes, KEPT)
    const subject = subjectOf(span)
    if (subject !== undefined) metadata['db.operation.name'] = subject.operation
    if (subject?.collection !== undefined) metadata['db.collection.name'] = subject.collection
    return { metadata }
  },
}

/** What is done, and to what: as the span says it, else as its statement does. No text of a statement goes any further. */
function subjectOf({ name, attributes }: SpanFacts): Subject | undefined {
  const operation = operationOf(attributes)
  if (isCommandSystem(attributes) && CONNECTING.test(operation ?? name)) return undefined
  const collection = textOf(attributes, COLLECTION) ?? firstTable(attributes)
  if (operation !== undefined && collection !== undefined) return { operation, collection }
  const read = fromStatement(attributes) ?? fromName(name, attributes)
  if (operation !== undefined) return { operation, collection: read?.collection }
  return read === undefined ? undefined : { ...read, collection: collection ?? read.collection }
}

/** SQL's verbs and the commands of stores are in capitals, whoever wrote them; MongoDB's are as they are. */
function operationOf(attributes: SpanAttributes): string | undefined {
  // Some instrumentation puts a whole statement here.
  const [operation = ''] = textOf(attributes, OPERATION)?.trimStart().split(/\s/, 1) ?? []
  if (operation === '') return undefined
  const isSql = summarizeSql(operation) !== undefined && !NOT_SQL.has(textOf(attributes, SYSTEM) ?? '')
  const isUpper = isSql || isCommandSystem(attributes)
  return isUpper ? operation.toUpperCase() : operation
}

function isCommandSystem(attributes: SpanAttributes): boolean {
  return COMMANDS.has(textOf(attributes, SYSTEM) ?? '')
}

function fromStatement(attributes: SpanAttributes): Subject | undefined {
  const statement = textOf(attributes, STATEMENT)
  if (statement === undefined) return undefined
  if (isCommandSystem(attributes)) {
    const [command = ''] = statement.trimStart().split(/\s/, 1)
    return commandOf(command)
  }
  const sql = summarizeSql(statement)
  return sql === undefined ? undefined : { operation: sql.verb, collection: sql.table }
}

/**
 * Where neither attribute nor statement says it, the name may: `SELECT orders`, `pg.query:SELECT shop`,
 * `redis-GET`. Only a known verb or, of a command system, a single word is taken, so that nothing else gets into a name.
 */
function fromName(name: string, attributes: SpanAttributes): Subject | undefined {
  const text = name.includes(':') ? name.slice(name.indexOf(':') + 1) : name
  if (isCommandSystem(attributes)) return commandOf(text.replace(/^redis-/, ''))
  const [first = '', second] = text.trim().split(/\s+/)
  if (summarizeSql(first) === undefined) return undefined
  const isNamespace = second === undefined || second === textOf(attributes, NAMESPACE) || !isWord(second)
  return { operation: first.toUpperCase(), collection: isNamespace ? undefined : second }
}

function firstTable(attributes: SpanAttributes): string | undefined {
  const tables = attributes['aws.dynamodb.table_names']
  const first: unknown = Array.isArray(tables) ? tables[0] : undefined
  return typeof first === 'string' && first !== '' ? first : undefined
}

function isWord(text: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_.$]{0,63}$/u.test(text)
}

function commandOf(text: string): Subject | undefined {
  return isWord(text) && !CONNECTING.test(text) ? { operation: text.toUpperCase(), collection: undefined } : undefined
}
