import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Endpoint } from './endpoint.js'
import { packageVersion } from './health.js'
import { ENDPOINTS } from './index.js'
import { errorAnswer } from './schemas.js'
import { widgetsDocument } from './widget-schemas.js'

/** The OpenAPI 3.1 document, made of the same tables by which requests are answered. */
export function openApiDocument(): object {
  const document = new OpenAPIHono()
  const { openAPIRegistry } = document
  openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' })
  for (const endpoint of ENDPOINTS) openAPIRegistry.registerPath(pathOf(endpoint))
  for (const path of OTHER_PATHS) openAPIRegistry.registerPath(path)
  return document.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Feature tracking',
      version: packageVersion(),
      description:
        'Which features are used, how often, how fast, how well and by how many people. Success is the thing itself in snake_case, any failure an Error. Times are UTC, durations seconds, sizes bytes, rates percent.',
      license: { name: 'MIT' },
    },
    servers: [{ url: '..', description: 'where this document lies below `api/`' }],
    security: [{}, { token: [] }],
  })
}

type PathConfig = Parameters<OpenAPIHono['openAPIRegistry']['registerPath']>[0]

const failure = { description: 'A failure, by its code.', content: { 'application/json': { schema: errorAnswer } } }

function pathOf(endpoint: Endpoint): PathConfig {
  const shape = endpoint.input.shape
  const inPath = Object.fromEntries(endpoint.inPath.map((name) => [name, shape[name] as z.ZodType]))
  const inQuery = Object.fromEntries(Object.entries(shape).filter(([name]) => !endpoint.inPath.includes(name)))
  return {
    method: 'get',
    path: endpoint.path,
    operationId: operationId('get', endpoint.path),
    summary: endpoint.summary,
    request: { params: z.object(inPath), query: z.object(inQuery) },
    responses: {
      200: {
        description: 'The answer.',
        content: { [endpoint.type ?? 'application/json']: { schema: endpoint.answer } },
      },
      304: { description: 'As the ETag in If-None-Match says.' },
      ...(endpoint.errors.length === 0 ? {} : { 404: { ...failure, description: endpoint.errors.join(', ') } }),
      default: failure,
    },
  }
}

const widgets = { 'application/json': { schema: widgetsDocument } }
const login = z.object({ token: z.string() }).openapi('Login')

const OTHER_PATHS: readonly PathConfig[] = [
  {
    method: 'get',
    path: '/api/live',
    operationId: 'get_api_live',
    summary: 'Server-sent events: hello, calls, reset. Last-Event-ID resumes.',
    responses: {
      200: { description: 'The stream.', content: { 'text/event-stream': { schema: z.string() } } },
      default: failure,
    },
  },
  {
    method: 'get',
    path: '/api/widgets',
    operationId: 'get_api_widgets',
    summary: 'The pages that users composed.',
    responses: { 200: { description: 'All of them.', content: widgets }, default: failure },
  },
  {
    method: 'put',
    path: '/api/widgets',
    operationId: 'put_api_widgets',
    summary: 'Puts all of them in place. With If-Match only where they were not changed meanwhile.',
    request: { body: { content: widgets, required: true } },
    responses: { 200: { description: 'As they are now.', content: widgets }, 409: failure, default: failure },
  },
  {
    method: 'post',
    path: '/api/login',
    operationId: 'post_api_login',
    summary: 'Sets a cookie that lets in.',
    request: { body: { content: { 'application/json': { schema: login } }, required: true } },
    responses: { 204: { description: 'Done.' }, 401: failure, default: failure },
  },
  {
    method: 'post',
    path: '/api/logout',
    operationId: 'post_api_logout',
    summary: 'Removes the cookie.',
    responses: { 204: { description: 'Done.' }, default: failure },
  },
  {
    method: 'get',
    path: '/api/openapi.json',
    operationId: 'get_api_openapi',
    summary: 'This document.',
    responses: { 200: { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: z.looseObject({}) } } } },
  },
]

function operationId(method: string, path: string): string {
  return `${method}${path.replaceAll(/[^a-z_]+/g, '_').replace(/_$/, '')}`
}
