import { fstatSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { HEADER_BYTES, MAGIC } from '../batch/layout.js'

/*
 * A spool file is a header of eight float64, then entries: uint32 length, uint32 CRC-32 of the bytes, the bytes, which
 * are batches. Entries begin at multiples of 8.
 */

export const SPOOL_HEADER_BYTES = 64
/** 'FTSPOOL1' as a number. */
export const SPOOL_MAGIC = 0x4654_5350_4f4c
/** Indexes of the header's floats. */
export const SPOOL_HEAD = { magic: 0, added: 1, committed: 2, journaled: 3, pid: 4 } as const
export const ENTRY_HEADER_BYTES = 8

export interface Entry {
  readonly bytes: Uint8Array
  /** Where the next entry begins in the file. */
  readonly end: number
}

/** An entry's header. */
export function entryHeader(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(Uint32Array.of(bytes.length, checksum(bytes)).buffer)
}

function checksum(bytes: Uint8Array): number {
  return crc32(bytes)
}

/** The entry at a place of a file, or undefined where there is no whole one. */
export function readEntry(descriptor: number, at: number, fileSize: number): Entry | undefined {
  const header = new Uint32Array(2)
  if (at + ENTRY_HEADER_BYTES + HEADER_BYTES > fileSize) return undefined
  if (readSync(descriptor, header, 0, ENTRY_HEADER_BYTES, at) < ENTRY_HEADER_BYTES) return undefined
  const [length, sum] = header as unknown as [number, number]
  const end = at + ENTRY_HEADER_BYTES + length
  if (length < HEADER_BYTES || length % 8 !== 0 || end > fileSize) return undefined
  const bytes = new Uint8Array(length)
  if (readSync(descriptor, bytes, 0, length, at + ENTRY_HEADER_BYTES) < length) return undefined
  return checksum(bytes) === sum ? { bytes, end } : undefined
}

/** Where the next whole entry begins after a damaged one, or undefined where there is none. */
export function findEntry(descriptor: number, from: number): number | undefined {
  const { size } = fstatSync(descriptor)
  const window = new Int32Array(16_384)
  for (let at = from; at < size; at += window.byteLength) {
    const got = readSync(descriptor, window, 0, window.byteLength, at)
    for (let index = 0; index < got >> 2; index += 2) {
      // A batch begins with its magic number, and the entry's header stands before it.
      const start = at + index * 4 - ENTRY_HEADER_BYTES
      if (window[index] === MAGIC && start >= from && readEntry(descriptor, start, size) !== undefined) return start
    }
  }
  return undefined
}

/** The header's numbers, or undefined where the file is no spool. */
export function readHeader(descriptor: number): Float64Array | undefined {
  const header = new Float64Array(SPOOL_HEADER_BYTES / 8)
  const got = readSync(descriptor, header, 0, SPOOL_HEADER_BYTES, 0)
  return got === SPOOL_HEADER_BYTES && header[SPOOL_HEAD.magic] === SPOOL_MAGIC ? header : undefined
}
