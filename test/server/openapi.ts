import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect } from 'vitest'

interface Document {
  readonly openapi: string
  readonly paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: object }> }> }>
  >
  readonly components: object
}

export async function validate(document: Document): Promise<{ valid: boolean; errors?: unknown }> {
  const { valid, errors } = await new Validator().validate(
    JSON.parse(JSON.stringify(document)) as Record<string, unknown>,
  )
  return { valid, errors }
}

/** Holds answers to the schemas of a document. */
export class OpenApi {
  readonly document: Document
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })

  constructor(document: unknown) {
    this.document = document as Document
    this.#ajv.addSchema({ $id: 'doc', ...closed(this.document) })
  }

  check(path: string, status: string, answer: unknown): void {
    const pointer = ['paths', path, 'get', 'responses', status, 'content', 'application/json', 'schema']
    const reference = pointer
      .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/')
    const validateAnswer = this.#ajv.compile({ $ref: `doc#/${reference}` })
    expect(validateAnswer(answer), JSON.stringify(validateAnswer.errors?.slice(0, 3))).toBe(true)
  }
}

/** The document with every object closed, so that an answer with a field that it does not name is found. */
function closed(document: Document): object {
  const bases = new Set(
    [...JSON.stringify(document).matchAll(/"allOf":\[\{"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name,
    ),
  )
  const close = (value: unknown, isPart: boolean): unknown => {
    if (Array.isArray(value)) return value.map((inner) => close(inner, isPart))
    if (typeof value !== 'object' || value === null) return value
    const copy: Record<string, unknown> = Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        close(inner, key === 'allOf' || (bases.has(key) && isSchema(inner))),
      ]),
    )
    const isObject = 'allOf' in copy || (copy['type'] === 'object' && 'properties' in copy)
    return isObject && !isPart && !('additionalProperties' in copy) ? { ...copy, unevaluatedProperties: false } : copy
  }
  return close(document, false) as object
}

function isSchema(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'properties' in value
}
