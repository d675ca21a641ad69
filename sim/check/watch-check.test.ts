/** Each promise to those who watch is broken here by hand, and kept by the watch beside it. */

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { packCommand, STATE_LIMITS } from '../../src/state/index.ts'
import { etcd } from '../../src/wire/index.ts'
import { Model, type StoreEvent, type Version } from './model.ts'
import {
  asciiBytes,
  compactAsk,
  deleteAsk,
  putAsk,
  putOp,
  txnAsk,
  type WriteAsk,
} from './requests.ts'
import { checkWatches, type RecordedWatch, type SeenEvent, type WatchItem } from './watch-check.ts'

/** Revisions 2 to 6: a put, b put, both in one transaction, a deleted, a put. */
const ASKS: readonly WriteAsk[] = [
  putAsk('a', asciiBytes('one')),
  putAsk('b', asciiBytes('two')),
  txnAsk({ success: [putOp('a', asciiBytes('three')), putOp('b', asciiBytes('four'))] }),
  deleteAsk('a'),
  putAsk('a', asciiBytes('five')),
]

function modelOf(asks: readonly WriteAsk[]): Model {
  const model = new Model(STATE_LIMITS)
  for (const { command, body } of asks) model.applyOne(packCommand(command, body), 1)
  return model
}

const { events: EVENTS } = modelOf(ASKS)
const REVISION = 6

function seenOf({ main, key, now, before }: StoreEvent, prevKv: boolean): SeenEvent {
  const gone: Version = { value: '', createRevision: 0, modRevision: main, version: 0, lease: 0n }
  return { key, isDelete: now === null, now: now ?? gone, previous: prevKv ? before : null }
}

interface Wish {
  readonly start?: number
  readonly created?: number
  readonly prevKv?: boolean
  readonly key?: string
  readonly rangeEnd?: string
  readonly filters?: readonly number[]
}

/** An answer with what happened at these revisions. */
function told(revisions: readonly number[], { prevKv = false, fragment = false } = {}): WatchItem {
  const events = EVENTS.filter(({ main }) => revisions.includes(main))
  const revision = Math.max(...revisions)
  return { kind: 'events', revision, fragment, events: events.map((one) => seenOf(one, prevKv)) }
}

function watch(items: readonly WatchItem[], wish: Wish = {}): RecordedWatch {
  const { start = 2, created = 1, prevKv = false, key = 'a', rangeEnd = 'z', filters = [] } = wish
  const range = { key, rangeEnd, filters, prevKv }
  return { ...range, startRevision: start, createdRevision: created, items, isComplete: true }
}

function faults(recorded: RecordedWatch, compactions: readonly number[] = []): readonly string[] {
  return checkWatches({ watches: [recorded], events: EVENTS, compactions, revision: REVISION })
}

function isFine(recorded: RecordedWatch, compactions: readonly number[] = []): void {
  assert.deepEqual(faults(recorded, compactions), [])
}

function isSeen(text: RegExp, recorded: RecordedWatch, compactions: readonly number[] = []): void {
  const [fault, ...more] = faults(recorded, compactions)
  assert.match(fault ?? 'nothing', text)
  assert.deepEqual(more, [])
}

const progress = (revision: number): WatchItem => ({ kind: 'progress', revision })
const compacted = (compactRevision: number): WatchItem => ({ kind: 'compacted', compactRevision })
const ALL = [2, 3, 4, 5, 6]

suite('a watch that was told everything is fine', () => {
  test('in one answer, in several, with bookmarks, with what was before', () => {
    isFine(watch([told(ALL)]))
    isFine(watch([told([2, 3]), progress(3), told([4]), told([5, 6]), progress(6)]))
    isFine(watch([told(ALL, { prevKv: true })], { prevKv: true }))
  })

  test('from now on, which is behind the revision of its creation', () => {
    isFine(watch([told([5, 6])], { start: 0, created: 4 }))
    isSeen(/the put of a at 2\/0 was next/, watch([told([5, 6])], { start: 0, created: 1 }))
  })

  test('of one key, and of one kind of event', () => {
    const { NOPUT, NODELETE } = etcd.WatchCreateRequestFilterType
    const one = { key: 'a', rangeEnd: '' }
    const puts = ALL.filter((revision) => revision !== 5)
    isFine({ ...watch([]), key: 'c', rangeEnd: '' })
    isFine(watch([told([5])], { ...one, filters: [NOPUT] }))
    isSeen(/nobody made a at 6/, watch([told([5, 6])], { ...one, filters: [NOPUT] }))
    isFine(watch([told(puts)], { filters: [NODELETE] }))
  })

  test('in fragments of one revision', () => {
    const [first, second] = EVENTS.filter(({ main }) => main === 4).map((one) => seenOf(one, false))
    const part = { kind: 'events', revision: 4 } as const
    const parts: WatchItem[] = [
      { ...part, fragment: true, events: [first as SeenEvent] },
      { ...part, fragment: false, events: [second as SeenEvent] },
    ]
    isFine(watch([told([2, 3]), ...parts, told([5, 6])]))
    isSeen(
      /4 is told before the put of b at 4/,
      watch([told([2, 3]), { ...parts[0], fragment: false } as WatchItem]),
    )
    isSeen(/stops in its middle/, watch([told([2, 3]), parts[0] as WatchItem, progress(4)]))
  })

  test('up to where its connection was lost', () => {
    isFine({ ...watch([told([2, 3])]), isComplete: false })
    isFine({ ...watch([]), createdRevision: null, isComplete: false })
  })
})

suite('what a watch is told wrongly is seen', () => {
  test('an event that is missing, comes twice, or out of order', () => {
    isSeen(/a at 5 came, and the put of a at 4\/0 was next/, watch([told([2, 3, 5, 6])]))
    isSeen(/never came/, watch([told([2, 3, 4, 5])]))
    isSeen(/b at 3 came, and the put of a at 4/, watch([told([2, 3]), told([3, 4])]))
    isSeen(/b at 3 came, and the put of a at 2/, watch([told([3]), told([2])]))
  })

  test('something below what was asked for', () => {
    isSeen(/a at 2 came, and the put of a at 4/, watch([told([2])], { start: 4 }))
    isSeen(/a bookmark at 3 is below/, watch([progress(3)], { start: 5 }))
  })

  test('a bookmark ahead of events, one that goes back, and one from nowhere', () => {
    isSeen(/4 is told before the put of a at 4/, watch([told([2, 3]), progress(4)]))
    isSeen(/goes back from 6 to 5/, watch([told(ALL), progress(5)]))
    isSeen(/revision 9 never was/, watch([told(ALL), progress(9)]))
  })

  test('a header that is behind its events, or ahead of others', () => {
    isSeen(/came with revision 5/, watch([{ ...told(ALL), revision: 5 } as WatchItem]))
    isSeen(/6 is told before/, watch([{ ...told([2, 3]), revision: 6 } as WatchItem]))
  })

  test('another value, and another one before', () => {
    const honest = told(ALL, { prevKv: true }) as WatchItem & { kind: 'events' }
    const change = (at: number, fields: Partial<SeenEvent>): WatchItem => ({
      ...honest,
      events: honest.events.map((one, i) => (i === at ? { ...one, ...fields } : one)),
    })
    const wish = { prevKv: true }
    const other = { ...(honest.events[0] as SeenEvent).now, value: 'else' }
    isSeen(/a at 2 came, and the put of a at 2/, watch([change(0, { now: other })], wish))
    isSeen(
      /with something else than what was before/,
      watch([change(2, { previous: other })], wish),
    )
    isSeen(/without what was before/, watch([change(2, { previous: null })], wish))
    isSeen(/a value from before came unasked/, watch([honest]))
    // What was compacted away cannot be told any more.
    isFine(watch([change(2, { previous: null })], wish), [4])
    isSeen(/without what was before/, watch([change(2, { previous: null })], wish), [3])
  })
})

suite('the end of a watch for a compaction', () => {
  test('is right when it was behind it, and final', () => {
    isFine(watch([told([2]), compacted(5)]), [5])
    isSeen(/after its end/, watch([told([2]), compacted(5), progress(6)]), [5])
  })

  test('is wrong when it had everything, and when nobody compacted', () => {
    isSeen(/had everything up to 4/, watch([told([2, 3, 4]), compacted(5)]), [5])
    isSeen(/nobody compacted to 5/, watch([told([2]), compacted(5)]), [4])
  })

  test('the model tells of the compaction', () => {
    const model = modelOf([...ASKS, compactAsk(4)])
    assert.equal(model.compactedTo, 4)
    assert.equal(model.events.length, EVENTS.length)
  })
})
