import { statSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startServer, type WidgetsDocument } from '../../src/server/index.js'
import { CORPUS } from '../support/sql-corpus.js'
import { sql } from '../support/original.js'
import { api, originalFile } from './support.js'

async function served(options: Parameters<typeof startServer>[0] = {}): Promise<{ port: number; url: string }> {
  const server = await startServer({ dbPath: originalFile(), port: 0, ...options })
  onTestFinished(() => server.close())
  return server
}

/** What a server answers to bytes, as text. */
function raw(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    let text = ''
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part
      if (text.includes('\r\n\r\n')) socket.end()
    })
    socket.on('close', () => resolve(text))
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)))
    socket.setTimeout(5000, () => socket.destroy())
  })
}

const status = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0)

const FOREIGN_HOSTS = [
  'evil.com',
  'evil.com:8081',
  'localhost.evil.com',
  'evil.com.localhost',
  'xlocalhost',
  'localhostx',
  'localhost.',
  'LOCALHOST.EVIL.COM',
  '127.0.0.1.evil.com',
  '127.0.0.1.nip.io',
  '127.0.0.2',
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.0.0.1',
  '0177.0.0.1',
  '017700000001',
  '0.0.0.0',
  '0',
  '00000000',
  '[::]',
  '[::]:8081',
  '[::2]',
  '[::ffff:127.0.0.1]',
  '[0:0:0:0:0:0:0:1]',
  '::1',
  '[::1',
  '::1]',
  '[::1]evil.com',
  '[::1%25lo]',
  'localhost:evil',
  'localhost:99999',
  'localhost:0',
  'localhost:-1',
  'localhost:8081:8081',
  'localhost:8081@evil.com',
  'user@localhost',
  'user:pass@localhost:8081',
  'localhost/evil',
  'localhost#',
  'localhost?x',
  'localhost evil.com',
  'localhost,evil.com',
  'local host',
  'http://localhost',
  'ⓛocalhost',
  'loc\u0430lhost',
  '169.254.169.254',
  'metadata.google.internal',
]

describe('R26: the Host header', () => {
  it('that is not ours is refused, for API, page and stream', async () => {
    const { port } = await served()
    let refused = 0
    for (const host of FOREIGN_HOSTS)
      for (const path of ['/api/stats', '/', '/api/live']) {
        const answer = await raw(port, Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`))
        expect([400, 403], `${host} ${path} ${answer.slice(0, 80)}`).toContain(status(answer))
        expect(answer).not.toContain('total_calls')
        if (status(answer) === 403) refused++
      }
    console.log(
      `R26: ${FOREIGN_HOSTS.length} foreign hosts × 3 paths: ${refused} times 403, the rest 400 of the parser`,
    )
    expect(FOREIGN_HOSTS.length).toBeGreaterThanOrEqual(50)
    for (const host of [
      'localhost',
      `localhost:${port}`,
      `127.0.0.1:${port}`,
      `[::1]:${port}`,
      'LocalHost:1',
      '127.0.0.1',
    ])
      expect(status(await raw(port, `GET /api/stats HTTP/1.1\r\nHost: ${host}\r\n\r\n`)), host).toBe(200)
    expect(status(await raw(port, 'GET /api/stats HTTP/1.0\r\n\r\n'))).toBe(403)
    expect(status(await raw(port, 'GET /api/stats HTTP/1.1\r\n\r\n'))).toBe(400)
  })

  it('is looked at in a Request as well, and may be allowed', async () => {
    const { get } = api(originalFile(), { allowedHosts: ['App.example.com'] })
    expect((await get('/api/stats', { host: 'evil.com' })).status).toBe(403)
    expect((await get('/api/stats', { host: 'app.example.com:443' })).status).toBe(200)
  })
})

describe('R25: addresses', () => {
  it('are loopback alone, unless a token is set', async () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.10', 'example.com', '127.0.0.1.evil.com'])
      await expect(startServer({ dbPath: '/nowhere/x.db', host, port: 0 })).rejects.toMatchObject({
        code: 'token_needed',
      })
    const { port } = await served()
    const listening = readFileSync('/proc/net/tcp', 'utf8')
    expect(listening).toContain(`0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`)
  })

  it('say so when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    onTestFinished(() => void other.close())
    const { port } = other.address() as { port: number }
    await expect(startServer({ dbPath: '/nowhere/x.db', port })).rejects.toMatchObject({
      code: 'address_in_use',
      message: `another program listens on 127.0.0.1:${port}`,
    })
  })
})

describe('a token', () => {
  const token = 'correct horse battery staple'

  it('is wanted from everybody, in a header or by a login, and never leaves', async () => {
    const { get, send } = api(originalFile(), { token })
    for (const path of [
      '/api/stats',
      '/api/live',
      '/api/health',
      '/metrics',
      '/api/records.csv',
      '/api/openapi.json',
      '/api/widgets',
    ]) {
      expect((await get(path)).status, path).toBe(401)
      expect((await get(path, { authorization: `Bearer ${token}x` })).status).toBe(401)
      expect((await get(`${path}?token=${encodeURIComponent(token)}`)).status).toBe(401)
    }
    expect((await get('/')).status).toBe(200)
    expect((await get('/api/stats', { authorization: `Bearer ${token}` })).status).toBe(200)
    expect((await send('POST', '/api/login', { token: 'wrong' })).status).toBe(401)
    const login = await send('POST', '/api/login', { token })
    const cookie = login.headers.get('set-cookie') as string
    expect(login.status).toBe(204)
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/)
    expect(cookie).not.toContain(token)
    const [pair = ''] = cookie.split(';')
    expect((await get('/api/stats', { cookie: `a=b; ${pair}` })).status).toBe(200)
    expect((await get('/api/stats', { cookie: `${pair}x` })).status).toBe(401)
    expect((await send('POST', '/api/logout', {})).headers.get('set-cookie')).toContain('Max-Age=0')
  })

  it('has to be long', () => {
    expect(() => api(originalFile(), { token: 'short' })).toThrow('the token has 5 characters: give 16 or more')
  })
})

const PAGE: WidgetsDocument = {
  version: 1,
  pages: [
    {
      id: 'mine',
      title: 'Mine',
      widgets: [
        {
          id: 'w1',
          title: 'Calls',
          kind: 'line',
          measure: 'total_calls',
          group_by: 'feature',
          bucket: 'day',
          limit: 5,
          filter: { category: 'other' },
          range: '7d',
          width: 6,
        },
      ],
    },
  ],
}

describe('R27: what changes anything', () => {
  it('wants JSON of the same origin', async () => {
    const { send, get, path } = api(originalFile())
    const refused: [headers: Record<string, string>, status: number][] = [
      [{ origin: 'http://evil.com' }, 403],
      [{ origin: 'null' }, 403],
      [{ origin: 'http://localhost:9999' }, 403],
      [{ origin: 'http://localhost:8081.evil.com' }, 403],
      [{ 'sec-fetch-site': 'cross-site' }, 403],
      [{ 'sec-fetch-site': 'same-site' }, 403],
      [{ 'content-type': 'text/plain' }, 415],
      [{ 'content-type': 'application/x-www-form-urlencoded' }, 415],
      [{ 'content-type': 'multipart/form-data; boundary=application/json' }, 415],
      [{ 'content-type': 'application/jsonp' }, 415],
    ]
    for (const [headers, expected] of refused)
      for (const [method, url] of [
        ['PUT', '/api/widgets'],
        ['POST', '/api/login'],
        ['POST', '/api/logout'],
        ['DELETE', '/api/widgets'],
      ] as const)
        expect((await send(method, url, PAGE, headers)).status, JSON.stringify(headers)).toBe(expected)
    expect(await (await get('/api/widgets')).json()).toEqual({ version: 1, pages: [] })
    const same = { origin: 'http://localhost:8081', 'sec-fetch-site': 'same-origin' }
    expect((await send('PUT', '/api/widgets', PAGE, same)).status).toBe(200)
    expect(await (await get('/api/widgets')).json()).toEqual(PAGE)
    expect(statSync(`${path}.widgets.json`).mode & 0o777).toBe(0o600)
    const options = await send(
      'OPTIONS',
      '/api/widgets',
      {},
      { origin: 'http://evil.com', 'access-control-request-method': 'PUT' },
    )
    expect(options.status).toBe(403)
    console.log(`R27: ${refused.length * 4} foreign writes refused`)
  })

  it('is refused when it is not as it should be, or when somebody was faster', async () => {
    const { send, get, path } = api(originalFile())
    const bad: [body: unknown, words: string][] = [
      ['{', 'the body is no JSON'],
      [{ version: 2, pages: [] }, 'version'],
      [{ version: 1, pages: [{ id: '../x', title: '', widgets: [] }] }, 'pages.0.id'],
      [{ ...PAGE, pages: [...PAGE.pages, ...PAGE.pages] }, 'give each page an id of its own'],
      [{ ...PAGE, more: 1 }, 'more'],
      [[], 'the body'],
      [null, 'the body'],
      ['{"version":1,"pages":[],"__proto__":{"x":1}}', 'the body'],
    ]
    for (const [body, words] of bad) {
      const response = await send('PUT', '/api/widgets', body)
      expect(response.status).toBe(400)
      expect(await response.text()).toContain(words)
    }
    expect((await send('PUT', '/api/widgets', JSON.stringify({ ...PAGE, more: 'x'.repeat(1_100_000) }))).status).toBe(
      413,
    )
    const etag = (await get('/api/widgets')).headers.get('etag') as string
    const answers = await Promise.all([1, 2, 3].map(() => send('PUT', '/api/widgets', PAGE, { 'if-match': etag })))
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 409, 409])
    writeFileSync(`${path}.widgets.json`, '{"broken"')
    expect((await get('/api/widgets')).status).toBe(503)
  })
})

describe('every answer', () => {
  it('is not framable, has a strict policy and allows no other origin', async () => {
    const { get } = api(originalFile())
    for (const path of ['/', '/api/stats', '/api/nope', '/nope', '/api/live', '/api/records?limit=x', '/metrics']) {
      const { headers, body } = await get(path, {
        origin: 'http://evil.com',
        ...(path === '/nope' ? { host: 'evil.com' } : {}),
      })
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy, path).toContain("frame-ancestors 'none'")
      expect(policy).toContain("default-src 'none'")
      expect(policy).not.toContain('unsafe')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('access-control-allow-origin')).toBeNull()
      await body?.cancel()
    }
  })
})

describe('R29: text that looks like SQL', () => {
  it('is refused or finds nothing in every parameter, and changes nothing', async () => {
    const path = originalFile()
    const { get } = api(path)
    const state = () => [
      sql(path, 'SELECT * FROM feature_usage ORDER BY id'),
      sql(path, 'SELECT * FROM sqlite_master ORDER BY name'),
    ]
    const before = state()
    const parameters = [
      'feature',
      'category',
      'status',
      'user',
      'since',
      'until',
      'session',
      'trace',
      'min_duration',
      'max_duration',
      'error',
      'sort',
      'limit',
      'cursor',
    ]
    let asked = 0
    const ask = async (url: string) => {
      const response = await get(url)
      asked++
      expect([200, 400, 404], url).toContain(response.status)
      return response
    }
    for (const text of CORPUS) {
      const value = encodeURIComponent(text)
      for (const name of parameters) {
        const response = await ask(`/api/records?${name}=${value}`)
        if (response.status === 200) expect(await response.json(), `${name} ${text}`).toMatchObject({ items: [] })
      }
      const cursor = Buffer.from(JSON.stringify([text, text])).toString('base64url')
      await ask(`/api/records?cursor=${cursor}`)
      for (const name of ['bucket', 'tz', 'feature', 'limit']) await ask(`/api/chart-data?${name}=${value}`)
      for (const name of ['measure', 'group_by', 'bucket', 'tz']) await ask(`/api/query?measure=users&${name}=${value}`)
      for (const url of [
        `/api/features?search=${value}`,
        `/api/feature?feature_name=${value}`,
        `/api/records/${value}`,
        `/api/traces/${value}`,
        `/api/stats?${value}=1`,
      ])
        await ask(url)
    }
    expect(state()).toEqual(before)
    console.log(`R29: ${asked} requests with ${CORPUS.length} texts, rows and schema unchanged`)
  })
})

describe('R30: requests that are none', () => {
  it('get 4xx, and the next honest one its answer', async () => {
    const { port, url } = await served()
    const host = `Host: localhost:${port}\r\n\r\n`
    const targets = [
      '/api/feature/%ff',
      '/api/feature/%',
      '/api/feature/%zz',
      '/api/records/%c3%28',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/../../etc/passwd',
      '/assets/..%2f..%2fpackage.json',
      '/assets/%2e%2e/%2e%2e/package.json',
      '//evil.com/',
      '/api//stats',
      '/\\..\\x',
      '*',
      'http://evil.com/api/nope',
      '/api/stats%00',
      '/api/feature/%00',
      '/api/stats?since=%ff',
      `/${'a'.repeat(8000)}`,
    ]
    for (const target of targets) {
      const answer = await raw(port, `GET ${target} HTTP/1.1\r\n${host}`)
      expect(status(answer), target).toBeGreaterThanOrEqual(400)
      expect(status(answer), target).toBeLessThan(500)
    }
    const broken = [
      'GET /\0 HTTP/1.1\r\n' + host,
      'GET / HTTP/9.9\r\n' + host,
      '\0\0\0\0\r\n\r\n',
      'GET /api/stats\r\n\r\n',
      `GET / HTTP/1.1\r\nX: ${'a'.repeat(65_536)}\r\n${host}`,
      `PUT /api/widgets HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n${host}`,
      'GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.com\r\n\r\n',
    ]
    for (const bytes of broken)
      expect([0, 400, 403, 413, 431], bytes.slice(0, 40)).toContain(status(await raw(port, bytes)))
    expect((await fetch(`${url}api/stats`)).status).toBe(200)
    console.log(`R30: ${targets.length + broken.length} malformed requests, the process lives`)
  })
})
