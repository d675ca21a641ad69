import type { LoadedRecords } from '../state/index.ts'

/** Records that were loaded for somebody, in memory of their own. */
export class LoadedMap implements LoadedRecords {
  readonly #byMain = new Map<number, Map<number, Uint8Array>>()

  add(main: number, sub: number, record: Uint8Array): void {
    const bySub = this.#byMain.get(main)
    if (bySub === undefined) this.#byMain.set(main, new Map([[sub, record]]))
    else bySub.set(sub, record)
  }

  get(main: number, sub: number): Uint8Array | null {
    return this.#byMain.get(main)?.get(sub) ?? null
  }
}
