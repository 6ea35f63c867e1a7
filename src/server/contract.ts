/*
 * What the HTTP API takes and gives, as types without code: all that a page may know of the server.
 *
 * - All paths are relative to where the application is mounted (`./api/stats`), so a page works behind any prefix. The
 *   page's files are those of the folder `dist/dashboard` of this package: `index.html` is served at the mount point
 *   itself (`/x/y/`), hashed assets below `assets/`. Only these paths are files, so a page keeps its place in the fragment
 *   or in the query (`#/feature?name=a`), never in the path.
 * - Content-Security-Policy: `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;
 *   connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`. No inline script or
 *   style; styles set through `element.style` are allowed.
 * - Success is the thing itself, in snake_case; a list that has pages is `{items, next_cursor}`. `api/recent-calls` is a
 *   bare array, as the original has it. Any other status than 2xx and 304 has an `ErrorResponse`.
 * - Times are UTC text with microseconds, `2026-11-24T14:55:00.123456+00:00`. Durations are in seconds, sizes in bytes,
 *   rates in percent, efficiency 0 to 1. Of no calls, numbers are 0 and times null.
 * - JSON answers have an ETag, which the browser's cache asks for by itself; equal questions at the same time cost one.
 * - With a token set, the page's files are public and the API answers 401 `unauthorized` until `POST api/login`.
 */

export type * from './contract/common.js'
export type * from './contract/series.js'
export type * from './contract/calls.js'
export type * from './contract/features.js'
export type * from './contract/records.js'
export type * from './contract/health.js'
export type * from './contract/widgets.js'
