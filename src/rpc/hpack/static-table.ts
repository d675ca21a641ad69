/** The static table of RFC 7541 appendix A, by index, by name, and by name and value. */

import { assert } from '../../base/index.ts'

/** Entries of the static table; the newest dynamic entry has the index after it. */
export const STATIC_ENTRIES = 61

const TEXT = `:authority
:method GET
:method POST
:path /
:path /index.html
:scheme http
:scheme https
:status 200
:status 204
:status 206
:status 304
:status 400
:status 404
:status 500
accept-charset
accept-encoding gzip, deflate
accept-language
accept-ranges
accept
access-control-allow-origin
age
allow
authorization
cache-control
content-disposition
content-encoding
content-language
content-length
content-location
content-range
content-type
cookie
date
etag
expect
expires
from
host
if-match
if-modified-since
if-none-match
if-range
if-unmodified-since
last-modified
link
location
max-forwards
proxy-authenticate
proxy-authorization
range
referer
refresh
retry-after
server
set-cookie
strict-transport-security
transfer-encoding
user-agent
vary
via
www-authenticate`

/** Name and value of entry `index` stand at 2 x index; entry 0 does not exist. */
const FIELDS = readFields()

/** The lowest index of each name. Entries of one name follow each other. */
const BY_NAME: ReadonlyMap<string, number> = indexNames()

export function staticName(index: number): string {
  assert(index > 0 && index <= STATIC_ENTRIES, 'a static index is between 1 and 61')
  return FIELDS[2 * index] as string
}

export function staticValue(index: number): string {
  assert(index > 0 && index <= STATIC_ENTRIES, 'a static index is between 1 and 61')
  return FIELDS[2 * index + 1] as string
}

/** The lowest index with this name, or 0. */
export function findStaticName(name: string): number {
  return BY_NAME.get(name) ?? 0
}

/** The index with this name and this value, or 0. `nameIndex` is what `findStaticName` gave. */
export function findStaticField(nameIndex: number, value: string): number {
  if (nameIndex === 0) return 0
  const name = FIELDS[2 * nameIndex]
  // The longest run of one name is that of `:status`, with seven entries.
  for (let index = nameIndex; FIELDS[2 * index] === name; index++) {
    if (FIELDS[2 * index + 1] === value) return index
  }
  return 0
}

function readFields(): readonly string[] {
  const fields = ['', '']
  for (const line of TEXT.split('\n')) {
    const [name = '', ...value] = line.split(' ')
    fields.push(name, value.join(' '))
  }
  assert(fields.length === 2 * (STATIC_ENTRIES + 1), 'the static table has 61 entries')
  return fields
}

function indexNames(): Map<string, number> {
  const found = new Map<string, number>()
  for (let index = STATIC_ENTRIES; index > 0; index--) found.set(staticName(index), index)
  return found
}
