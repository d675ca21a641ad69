import assert from 'node:assert/strict'
import type { RevisionList } from '../../state/index.ts'
import type { Engine, RevisionRecord } from '../types.ts'
import type { EngineHarness } from './harness.ts'
import type { TestRecord } from './records.ts'

export interface Revision {
  readonly main: number
  readonly sub: number
}

export interface Header extends Revision {
  readonly header: Uint8Array
  readonly bytes: number
}

/** The engine of the process that lives now, with the headers it gave. */
export async function opened(
  harness: EngineHarness,
): Promise<{ readonly engine: Engine; readonly headers: readonly Header[] }> {
  const engine = await harness.factory().open()
  return { engine, headers: await scanned(engine) }
}

export async function scanned(engine: Engine): Promise<readonly Header[]> {
  const headers: Header[] = []
  await engine.scanHeaders((main, sub, header, bytes) => {
    headers.push({ main, sub, header: Uint8Array.from(header), bytes })
  })
  return headers
}

export async function reopened(harness: EngineHarness, engine: Engine) {
  await engine.close()
  return opened(harness)
}

/** All records, by way of history in pieces. */
export async function contentOf(engine: Engine, bytesMax = 1000): Promise<RevisionRecord[]> {
  const all: RevisionRecord[] = []
  for (let from: number | null = 0; from !== null; ) {
    const piece: Awaited<ReturnType<Engine['history']>> = await engine.history(from, bytesMax)
    all.push(...piece.records)
    assert.ok(piece.nextMain === null || piece.nextMain > from, 'history goes on')
    from = piece.nextMain
  }
  return all
}

/** A promise of an engine that reads gives all of these, and nothing but these. */
export function sameContent(
  found: readonly RevisionRecord[],
  expected: readonly RevisionRecord[],
): void {
  assert.deepEqual(found.map(revisionText), expected.map(revisionText))
  for (const [at, { record }] of expected.entries()) {
    assert.ok(sameBytes(found[at]?.record, record), `the bytes of ${revisionText(expected[at])}`)
  }
}

/** As `sameContent`, but what was dropped may still be there. */
export function sameButDropped(
  found: readonly RevisionRecord[],
  { kept, dropped }: { kept: readonly RevisionRecord[]; dropped: readonly RevisionRecord[] },
): void {
  const known = new Set(dropped.map(revisionText))
  const rest = found.filter((one) => !known.has(revisionText(one)))
  sameContent(rest, kept)
  const byRevision = new Map(dropped.map((one) => [revisionText(one), one.record]))
  for (const one of found) {
    const record = byRevision.get(revisionText(one))
    if (record !== undefined) assert.ok(sameBytes(one.record, record), revisionText(one))
  }
  ascending(found)
}

export function ascending(revisions: readonly Revision[]): void {
  for (let at = 1; at < revisions.length; at++) {
    const [one, next] = [revisions[at - 1] as Revision, revisions[at] as Revision]
    const follows = next.main > one.main || (next.main === one.main && next.sub > one.sub)
    assert.ok(follows, `${revisionText(next)} behind ${revisionText(one)}`)
  }
}

/** Each header is of its record, whole or without the value. */
export function sameHeaders(headers: readonly Header[], expected: readonly TestRecord[]): void {
  assert.deepEqual(headers.map(revisionText), expected.map(revisionText))
  for (const [at, one] of expected.entries()) {
    const { header, bytes } = headers[at] as Header
    assert.equal(bytes, one.record.length)
    const fits = sameBytes(header, one.record) || sameBytes(header, one.header)
    assert.ok(fits, `the header of ${revisionText(one)}`)
  }
}

export function revisionsOf(revisions: readonly Revision[]): RevisionList {
  return {
    length: revisions.length,
    main: (position) => (revisions[position] as Revision).main,
    sub: (position) => (revisions[position] as Revision).sub,
  }
}

/** Appends all; what `peek` gives at once, and what `load` gives, is right. */
export function appendAll(engine: Engine, records: readonly RevisionRecord[]): void {
  for (const { main, sub, record } of records) engine.append(main, sub, record)
}

export async function* inPieces(
  records: readonly RevisionRecord[],
  size = 7,
): AsyncGenerator<readonly RevisionRecord[]> {
  for (let at = 0; at < records.length; at += size) yield records.slice(at, at + size)
}

export function revisionText(revision: Revision | undefined): string {
  return revision === undefined ? 'nothing' : `${revision.main}.${revision.sub}`
}

export function sameBytes(one: Uint8Array | null | undefined, other: Uint8Array): boolean {
  if (one === null || one === undefined || one.length !== other.length) return false
  return one.every((byte, at) => byte === other[at])
}
