import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join, sep } from 'node:path'
import { gzipSync } from 'node:zlib'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
}

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Feature tracking</title>
<h1>The page is not built</h1>
<p>Run <code>npm run build</code> in the folder of this package, then start the server again.
The API works: see <a href="api/openapi.json">api/openapi.json</a>.</p>
</html>
`

interface PageFile {
  readonly body: Buffer
  readonly compressed: Buffer | undefined
  readonly headers: Readonly<Record<string, string>>
}

/** The page's files, all in memory: they are few and small, and no path of a request ever becomes a path of the disk. */
export class Page {
  readonly #folder: string
  #files: ReadonlyMap<string, PageFile> | undefined

  constructor(folder = join(packageFolder(), 'dist', 'dashboard')) {
    this.#folder = folder
  }

  /** @param path below the mount point, such as `/` or `/assets/index-1a2b3c.js` */
  response(path: string, request: Request): Response | undefined {
    this.#files ??= load(this.#folder)
    const file = this.#files.get(path === '/' ? '/index.html' : path)
    if (file === undefined) return undefined
    const headers = new Headers(file.headers)
    const takesGzip = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')
    const compressed = takesGzip ? file.compressed : undefined
    if (compressed !== undefined) headers.set('content-encoding', 'gzip')
    return new Response(new Uint8Array(compressed ?? file.body), { headers })
  }
}

function load(folder: string): Map<string, PageFile> {
  const files = new Map<string, PageFile>()
  if (!existsSync(join(folder, 'index.html')))
    return files.set('/index.html', pageFile('index.html', Buffer.from(NOT_BUILT)))
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const name = path
      .slice(folder.length + 1)
      .split(sep)
      .join('/')
    files.set(`/${name}`, pageFile(name, readFileSync(path)))
  }
  return files
}

function pageFile(name: string, body: Buffer): PageFile {
  const type = TYPES[extname(name)] ?? 'application/octet-stream'
  // A hash in the name makes another file of every change.
  const isHashed = /[-.][\w-]{8,}\.\w+$/.test(name) && name.includes('/')
  return {
    body,
    compressed: /^(text|application)\/|svg/.test(type) ? gzipSync(body) : undefined,
    headers: {
      'content-type': type,
      'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'Accept-Encoding',
    },
  }
}

/** Found by the package's own name: the same from `src/` in tests and from `dist/`. */
function packageFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('@cloudcurio/feature-tracking/package.json'))
}
