import { parseTimeText } from '../../record/index.js'
import { zonedTime } from '../zone.js'
import { visible } from './text.js'

/** Stands for a value that there is none of. */
export const NONE = '–'

const DAY = 86_400

/** `412 µs`, `3.2 ms`, `1.25 s`, `2 m 05 s`, `3 h 07 m`, `2 d 04 h`. @param seconds as the record has it */
export function durationText(seconds: number | null): string {
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) return NONE
  if (seconds < 0) return `-${durationText(-seconds)}`
  if (seconds === 0) return '0 s'
  if (rounded(seconds * 1e6) < 1000) return `${numeral(seconds * 1e6)} µs`
  if (rounded(seconds * 1e3) < 1000) return `${numeral(seconds * 1e3)} ms`
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  return longDuration(Math.round(seconds))
}

function longDuration(seconds: number): string {
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${twoDigits(seconds % 60)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < DAY / 60) return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} m`
  const hours = Math.round(seconds / 3600)
  return `${grouped(Math.floor(hours / 24))} d ${twoDigits(hours % 24)} h`
}

/** Whole from 100 on, else with one decimal. */
function numeral(value: number): string {
  const shown = rounded(value)
  return shown >= 100 ? String(shown) : shown.toFixed(1)
}

function rounded(value: number): number {
  return value >= 99.95 ? Math.round(value) : Math.round(value * 10) / 10
}

/**
 * Percent with one decimal. Only all is 100.0, and only nothing 0.0: 9999 of 10 000 is 99.9.
 * @param percent 0 to 100
 */
export function percentText(percent: number): string {
  if (percent <= 0 || percent >= 100) return `${percent.toFixed(1)} %`
  return `${Math.min(99.9, Math.max(0.1, percent)).toFixed(1)} %`
}

/** `64 B`, `1.2 kB`, `3.4 MB`; powers of 1000. */
export function sizeText(bytes: number): string {
  if (!Number.isFinite(bytes)) return NONE
  let value = bytes
  for (const unit of ['B', 'kB', 'MB', 'GB']) {
    const shown = unit === 'B' ? Math.round(value) : rounded(value)
    if (shown < 1000) return `${unit === 'B' ? shown : numeral(value)} ${unit}`
    value /= 1000
  }
  return `${value.toFixed(1)} TB`
}

/** Two decimals of a score from 0 to 1. */
export function scoreText(score: number | null): string {
  return typeof score === 'number' && Number.isFinite(score) ? score.toFixed(2) : NONE
}

/** `1,234,567` */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `2026-11-24 16:06:15` in a zone, or in that of this process; text that is no time as it is. */
export function localTime(text: string | null, zone?: string): string {
  if (text === null) return NONE
  const micros = parseTimeText(text)
  if (micros === undefined) return visible(text)
  if (zone !== undefined) return zonedTime(micros / 1000, zone)
  const date = new Date(Math.floor(micros / 1000))
  return `${day(date)} ${clock(date)}:${twoDigits(date.getSeconds())}`
}

/** The same without the year when it is this one, else without the seconds. @param now milliseconds since 1970 */
export function briefLocalTime(text: string | null, now: number, zone?: string): string {
  const full = localTime(text, zone)
  if (!/^\d{4}-/.test(full)) return full
  return full.startsWith(`${new Date(now).getFullYear()}-`) ? full.slice(5) : full.slice(0, 16)
}

function day(date: Date): string {
  const year = String(date.getFullYear()).padStart(4, '0')
  return `${year}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`
}

function clock(date: Date): string {
  return `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

/** A pseudonym, 64 hexadecimal digits, by its first eight; any other user id as it is. */
export function userText(userId: string | null): string {
  if (userId === null) return NONE
  return /^[0-9a-f]{64}$/.test(userId) ? `${userId.slice(0, 8)}…` : visible(userId)
}
