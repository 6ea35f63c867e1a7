// @ts-check
// An AI provider to call without a key or a network: it answers over HTTP on loopback, and streams as real ones do.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds between two tokens. */
const PACE = new Map([
  ['fast-model', 4],
  ['slow-model', 120],
])

/** @returns {Promise<{ url: string, stop: () => void }>} */
export async function startFakeProvider() {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  const stop = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${port}`, stop }
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function answer(request, response) {
  const { model, prompt } = /** @type {{ model: string, prompt: string }} */ (await json(request))
  if (request.url === '/embed') {
    const vector = Array.from({ length: 64 }, (_, index) =>
      Math.sin((prompt.codePointAt(index % prompt.length) ?? 0) * (index + 1)),
    )
    response.end(JSON.stringify({ vector, inputTokens: words(prompt).length }))
    return
  }
  await stream(response, PACE.get(model), prompt)
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number | undefined} pace
 * @param {string} prompt
 */
async function stream(response, pace, prompt) {
  if (pace === undefined) {
    response.writeHead(404).end()
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const reply = words(`You asked: "${prompt}" Here is what I think of it, word by word, as far as you care to read.`)
  for (const word of reply) {
    if (response.destroyed) return
    response.write(`data: ${JSON.stringify({ token: `${word} ` })}\n\n`)
    await sleep(pace)
  }
  response.end(`data: ${JSON.stringify({ usage: { inputTokens: words(prompt).length } })}\n\n`)
}

/** @param {string} text */
function words(text) {
  return text.split(/\s+/).filter((word) => word !== '')
}
