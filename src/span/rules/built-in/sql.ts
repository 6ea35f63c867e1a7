/** Words after which a statement names the table that it is about. */
const BEFORE_TABLE = new Set(['FROM', 'INTO', 'UPDATE', 'TABLE', 'JOIN', 'VIEW', 'INDEX'])
/** Words that may stand between those and the name. */
const SKIPPED = new Set(['ONLY', 'IF', 'NOT', 'EXISTS', 'IGNORE', 'OR', 'REPLACE', 'LATERAL'])
const VERBS = new Set(
  'SELECT INSERT UPDATE DELETE MERGE REPLACE UPSERT CREATE DROP ALTER TRUNCATE BEGIN COMMIT ROLLBACK SAVEPOINT RELEASE CALL EXEC EXECUTE EXPLAIN PRAGMA SET SHOW USE GRANT REVOKE ANALYZE VACUUM COPY LOCK START WITH VALUES LISTEN NOTIFY FETCH DECLARE'.split(
    ' ',
  ),
)
/** What of a statement is looked at. */
const MAX_LENGTH = 2000

/** Comments and texts in quotes are passed over; what remains are words, quoted names and single signs. */
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[A-Za-z_][^\]]*\]|[\p{L}_][\p{L}\p{N}_$.]*|[^\s]/gu
const NAME = /^(?:[\p{L}_][\p{L}\p{N}_$.]*|"[^"]{1,128}"|`[^`]{1,128}`|\[[^\]]{1,128}\])$/u

export interface StatementSummary {
  /** In capitals. */
  readonly verb: string
  readonly table: string | undefined
}

/** Statements that were read; an application has some hundred, and runs each over and over. */
const MAX_REMEMBERED = 1000
const remembered = new Map<string, StatementSummary | undefined>()

/** What an SQL statement does, and to which table; undefined where it does not read as one. No value is ever in it. */
export function summarizeSql(statement: string): StatementSummary | undefined {
  const known = remembered.get(statement)
  if (known !== undefined || remembered.has(statement)) return known
  const summary = readStatement(statement)
  if (remembered.size >= MAX_REMEMBERED) remembered.clear()
  if (statement.length <= MAX_LENGTH) remembered.set(statement, summary)
  return summary
}

function readStatement(statement: string): StatementSummary | undefined {
  const tokens = tokensOf(statement)
  let verb = tokens[0]?.toUpperCase() ?? ''
  if (!VERBS.has(verb)) return undefined
  let expectsTable = verb === 'UPDATE' || verb === 'TRUNCATE'
  for (const [index, token] of tokens.entries()) {
    if (index === 0) continue
    const word = token.toUpperCase()
    // What a common table expression is for comes after it.
    if (verb === 'WITH' && MAIN_VERBS.has(word)) verb = word
    if (expectsTable && (SKIPPED.has(word) || BEFORE_TABLE.has(word))) continue
    if (expectsTable && NAME.test(token) && !VERBS.has(word)) return { verb, table: lastPart(tokens, index) }
    expectsTable = BEFORE_TABLE.has(word)
  }
  return { verb, table: undefined }
}

const MAIN_VERBS = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE'])

function tokensOf(statement: string): string[] {
  return Array.from(statement.slice(0, MAX_LENGTH).matchAll(TOKEN), ([token]) => token).filter(
    (token) => !token.startsWith('--') && !token.startsWith('/*') && token !== '(',
  )
}

/** Of `"public"."orders"`, which comes as names with points between, the last. */
function lastPart(tokens: readonly string[], index: number): string {
  let at = index
  while (tokens[at + 1] === '.' && NAME.test(tokens[at + 2] ?? '')) at += 2
  const name = tokens[at] as string
  return /^["`[]/.test(name) ? name.slice(1, -1) : name
}
