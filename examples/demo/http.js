// @ts-check
// WEB_INTERFACE: a server's handler and the calls of its client, over HTTP on loopback. Neither throws when a page is
// missing, so `classify` says what counts as a failure: for the client anything from 400, for the server from 500.
import { FeatureCategory, FeatureStatus, trackFeature } from '@cloudcurio/feature-tracking'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inParallel } from './in-parallel.js'
import { REPOSITORY } from './repository.js'
import { userOf } from './users.js'

/** @typedef {import('./repository.js').SourceFile} SourceFile */
/** @typedef {{ status: number, body: string }} Page */

/** @param {number} least */
const failsFrom =
  (least) =>
  (/** @type {Page} */ { status }) =>
    status >= least ? { status: FeatureStatus.FAILED, errorMessage: `HTTP ${status}` } : FeatureStatus.SUCCESS

const body = (/** @type {Page} */ page) => page.body

const servePage = trackFeature('serve_page', FeatureCategory.WEB_INTERFACE, {
  userId: (/** @type {string} */ _path, /** @type {string | undefined} */ user) => user,
  metadata: (/** @type {string} */ path) => ({ route: path.replace(/\d+/, ':number') }),
  input: (/** @type {string} */ path) => path,
  output: body,
  classify: failsFrom(500),
})(
  /** @returns {Promise<Page>} */
  async (
    /** @type {string} */ path,
    /** @type {string | undefined} */ _user,
    /** @type {readonly SourceFile[]} */ files,
  ) => {
    if (path === '/') return { status: 200, body: files.map((file) => relative(REPOSITORY, file.path)).join('\n') }
    if (path === '/broken') return { status: 500, body: 'this page is broken' }
    if (path === '/slow') await sleep(400)
    const file = files[Number(path.slice('/files/'.length))]
    return file === undefined ? { status: 404, body: 'no such page' } : { status: 200, body: JSON.stringify(file) }
  },
)

const fetchPage = trackFeature('fetch_page', FeatureCategory.WEB_INTERFACE, {
  userId: (/** @type {string} */ _url, /** @type {string} */ user) => user,
  input: (/** @type {string} */ url) => url,
  output: body,
  classify: failsFrom(400),
})(
  /** @returns {Promise<Page>} */
  async (/** @type {string} */ url, /** @type {string} */ user) => {
    const response = await fetch(url, {
      headers: { 'x-user': user },
      signal: AbortSignal.timeout(url.endsWith('/slow') ? 100 : 10_000),
    })
    return { status: response.status, body: await response.text() }
  },
)

/** @param {readonly SourceFile[]} files */
export async function workOnPages(files) {
  const server = createServer((request, response) => {
    servePage(request.url ?? '/', request.headers['x-user']?.toString(), files).then(
      (page) => response.writeHead(page.status).end(page.body),
      () => response.destroy(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  const paths = [
    '/',
    ...Array.from({ length: 60 }, (_, index) => `/files/${index % files.length}`),
    '/nowhere',
    '/broken',
    '/files/9999',
    '/slow',
  ]
  const pages = await inParallel(paths, 6, (path, index) =>
    fetchPage(`http://127.0.0.1:${port}${path}`, userOf(index, 5)),
  )
  server.close()
  server.closeAllConnections()
  const good = pages.filter((page) => !(page instanceof Error) && page.status === 200).length
  return `${good} of ${paths.length} pages arrived; the others are missing, broken or too slow on purpose`
}
