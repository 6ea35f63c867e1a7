import { readFileSync, readdirSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../support/child.js'

const BUILT = join(ROOT, 'dist/dashboard')
const SOURCE = join(ROOT, 'src/dashboard')

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => extname(name) !== '')

const read = (name: string): string => readFileSync(join(BUILT, name), 'utf8')

/** JavaScript and style sheets as they are sent, in bytes. */
const MOST = 80 * 1024

describe('the built page', () => {
  it('is at most 80 KB of JavaScript and style sheets, packed', () => {
    const sizes = filesBelow(BUILT)
      .filter((name) => /\.(js|css)$/.test(name))
      .map((name) => gzipSync(read(name)).length)
    const total = sizes.reduce((sum, size) => sum + size, 0)
    console.log(`JavaScript and style sheets: ${(total / 1024).toFixed(1)} KB packed`)
    expect(total).toBeGreaterThan(10_000)
    expect(total).toBeLessThanOrEqual(MOST)
  })

  it('has nothing inline, and addresses relative to itself', () => {
    const html = read('index.html')
    expect(html).not.toMatch(/<style|style=|\son\w+=|<script(?![^>]*\ssrc=)/i)
    const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1])
    expect(addresses.length).toBeGreaterThan(2)
    expect(addresses.filter((address) => address?.startsWith('./') === false)).toEqual([])
  })

  it('names no other host', () => {
    const hosts = filesBelow(BUILT).flatMap((name) =>
      [...read(name).matchAll(/https?:\/\/[\w.-]+/g)].map((match) => match[0]),
    )
    // These are names of XML's languages, not addresses that are asked for.
    expect([...new Set(hosts)].filter((host) => host !== 'http://www.w3.org')).toEqual([])
  })
})

describe('the source of the page', () => {
  it('never makes markup, or code, of text', () => {
    const dangerous =
      /innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|\beval\(|new Function|srcdoc/
    const found = filesBelow(SOURCE).filter((name) => dangerous.test(readFileSync(join(SOURCE, name), 'utf8')))
    expect(found).toEqual([])
  })
})
