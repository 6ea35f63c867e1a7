import type { PromotionSet } from '../../../config/index.js'
import type { Rule } from '../rule.js'
import { ruleOf } from './built-in.js'
import { database } from './database.js'
import { file } from './file.js'
import { genAi } from './gen-ai.js'
import { httpClient, httpServer } from './http.js'
import { mcp } from './mcp.js'
import { messaging } from './messaging.js'
import { processes } from './process.js'
import { rpc } from './rpc.js'

/** The built-in rules in the order in which they are tried. */
export const BUILT_IN_RULES: readonly Rule[] = [
  mcp,
  genAi,
  database,
  file,
  processes,
  httpServer,
  httpClient,
  messaging,
  rpc,
].map(ruleOf)

export function builtInRules(sets: readonly PromotionSet[]): readonly Rule[] {
  return BUILT_IN_RULES.filter(({ name }) => (sets as readonly string[]).includes(name))
}
