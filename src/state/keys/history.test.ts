import assert from 'node:assert/strict'
import { test } from 'node:test'
import { History } from './history.ts'
import { PAGE_UNIT_BITS, PagePool, type Place } from './pages.ts'
import { Versions } from './versions.ts'

const COUNT = 100_000
/** Binary numbers of a hundred thousand have 17 digits; anchors are eight versions apart. */
const LOOKED_MAX = 100

/** Counts the versions that a search looks at. */
class CountingVersions extends Versions {
  looked = 0

  override main(place: Place): number {
    this.looked += 1
    return super.main(place)
  }
}

test('a search visits few of the versions of a key, and finds the right one', () => {
  const pages = new PagePool()
  const versions = new CountingVersions(pages)
  const history = new History(versions, pages)
  // The key's own block is at the beginning of a page.
  const slot = pages.take() << PAGE_UNIT_BITS
  const fields = { sub: 0, create: 2, lease: 0, deleted: false, recordBytes: 1 }
  for (let i = 1; i <= COUNT; i++) {
    if (i > 1) history.push(slot, 0)
    versions.write(slot, { ...fields, main: 2 * i, version: i })
  }
  for (let i = 1; i <= COUNT; i += 997) {
    for (const revision of [2 * i, 2 * i + 1]) {
      versions.looked = 0
      const found = history.at(slot, revision)
      assert.ok(versions.looked <= LOOKED_MAX, `${versions.looked} looked at for ${revision}`)
      assert.equal(versions.main(found), 2 * i)
    }
  }
})
