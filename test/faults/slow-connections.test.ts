import { connect, type Socket } from 'node:net'
import { copyFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startServer } from '../../src/server/index.js'
import { tempDatabase } from '../support/temp.js'

const CONNECTIONS = 500

/** Opens a connection that sends a request letter by letter, and notes when the server ends it. */
function slow(port: number, kind: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const text =
      kind % 2 === 0
        ? 'GET /api/stats HTTP/1.1\r\nHost: localhost\r\nX: '
        : 'PUT /api/widgets HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{'
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(text)
      resolve(socket)
    })
    socket.on('error', reject)
    socket.resume()
  })
}

describe('R30: 500 slow connections', () => {
  it('do not keep an honest request from its answer, and are ended', async () => {
    const path = tempDatabase()
    copyFileSync(fileURLToPath(new URL('../fixtures/python-original.db', import.meta.url)), path)
    const server = await startServer({ dbPath: path, port: 0 })
    onTestFinished(() => server.close())
    await fetch(`${server.url}api/stats`)
    const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, (_, kind) => slow(server.port, kind)))
    let ended = 0
    for (const socket of sockets) {
      socket.on('close', () => ended++)
      socket.on('error', () => {})
    }
    const dripping = setInterval(() => {
      for (const socket of sockets) if (socket.writable) socket.write('x')
    }, 1000)
    onTestFinished(() => clearInterval(dripping))
    let longest = 0
    await expect
      .poll(
        async () => {
          const begin = performance.now()
          expect((await fetch(`${server.url}api/stats`)).status).toBe(200)
          longest = Math.max(longest, performance.now() - begin)
          return ended
        },
        { timeout: 120_000, interval: 500 },
      )
      .toBe(CONNECTIONS)
    console.log(`R30: ${CONNECTIONS} slow connections ended; the longest honest request took ${longest.toFixed(0)} ms`)
  })
})
