import { type ClientRequest, get } from 'node:http'
import { startServer } from '@cloudcurio/feature-tracking/server'
import { childParams } from '../child.js'

/** A server, or those who listen to one: neither runs in the process of the application that it watches. */
export type LiveParams = { readonly serve: string } | { readonly listenTo: string }

const params = childParams() as LiveParams
if ('serve' in params) {
  const { url } = await startServer({ dbPath: params.serve, port: 0 })
  process.send?.(url)
} else {
  let clients: ClientRequest[] = []
  process.on('message', (count: number) => {
    for (const client of clients) client.destroy()
    clients = Array.from({ length: count }, () => get(`${params.listenTo}api/live`))
    void Promise.all(clients.map(listening)).then(() => process.send?.(`${count} listen`))
  })
  process.send?.('0 listen')
}
process.on('disconnect', () => process.exit(0))

/** Resolves with the first bytes. */
function listening(client: ClientRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    client.on('response', (response) => {
      response.on('data', () => resolve())
      // The end that this process makes itself.
      response.on('error', () => {})
    })
    client.on('error', reject)
  })
}
