/** Where every watcher of a hub stands. Moving one from place to place costs next to nothing. */

import { assert, unreachable } from '../../base/index.ts'
import { FutureHeap } from './future-heap.ts'
import { PLACE, type Place, type Watcher } from './watcher.ts'

export class Roster {
  readonly future = new FutureHeap()
  readonly chasing: Watcher[] = []
  readonly distant: Watcher[] = []
  readonly waiting: Watcher[] = []
  /** In the lists of their audiences. */
  syncedCount = 0
  /** Of those that are chasing or distant. */
  resumedCount = 0

  move(watcher: Watcher, place: Place): void {
    if (watcher.place === place) return
    this.#leave(watcher)
    const wasSynced = watcher.place === PLACE.synced
    watcher.place = place
    this.#enter(watcher)
    if (place !== PLACE.chasing && place !== PLACE.distant) this.settleResumed(watcher)
    if (wasSynced || place === PLACE.synced) watcher.stream.unsyncedChanged(wasSynced ? 1 : -1)
  }

  /** The records it waited for are there: they are kept until it has been looked at. */
  resume(watcher: Watcher, place: Place): void {
    assert(watcher.place === PLACE.waiting, 'who resumes has waited')
    this.move(watcher, place)
    watcher.isResumed = true
    this.resumedCount += 1
  }

  settleResumed(watcher: Watcher): void {
    if (!watcher.isResumed) return
    watcher.isResumed = false
    this.resumedCount -= 1
    assert(this.resumedCount >= 0, 'who is settled had resumed')
  }

  #leave(watcher: Watcher): void {
    switch (watcher.place) {
      case PLACE.synced:
        this.syncedCount -= 1
        watcher.audience.interest.syncedCount -= 1
        leaveList(watcher.audience.synced, watcher)
        break
      case PLACE.future:
        this.future.remove(watcher)
        break
      case PLACE.chasing:
        leaveList(this.chasing, watcher)
        break
      case PLACE.distant:
        leaveList(this.distant, watcher)
        break
      case PLACE.waiting:
        leaveList(this.waiting, watcher)
        break
      case PLACE.parked:
      case PLACE.gone:
        break
      default:
        unreachable(watcher.place)
    }
  }

  #enter(watcher: Watcher): void {
    switch (watcher.place) {
      case PLACE.synced:
        this.syncedCount += 1
        watcher.audience.interest.syncedCount += 1
        enterList(watcher.audience.synced, watcher)
        break
      case PLACE.future:
        this.future.add(watcher)
        break
      case PLACE.chasing:
        enterList(this.chasing, watcher)
        break
      case PLACE.distant:
        enterList(this.distant, watcher)
        break
      case PLACE.waiting:
        enterList(this.waiting, watcher)
        break
      case PLACE.parked:
      case PLACE.gone:
        break
      default:
        unreachable(watcher.place)
    }
  }
}

function enterList(list: Watcher[], watcher: Watcher): void {
  watcher.slot = list.length
  list.push(watcher)
}

/** The last one takes its slot. */
function leaveList(list: Watcher[], watcher: Watcher): void {
  const { slot } = watcher
  assert(list[slot] === watcher, 'who leaves a list is in it')
  const last = list.pop() as Watcher
  if (last !== watcher) {
    list[slot] = last
    last.slot = slot
  }
  watcher.slot = -1
}
