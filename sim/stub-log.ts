// Temporary stand-in until src/log is complete.
import type { Clock } from '../src/io/index.ts'
import type { LogWrite, OpenedLog, WriteAheadLog } from '../src/log/index.ts'
import type {
  Entry,
  GroupId,
  HardState,
  RecoveredReplica,
  SnapshotMark,
} from '../src/raft/index.ts'

interface G {
  hard: HardState
  base: SnapshotMark | null
  entries: Entry[]
}
export class StubStorage {
  groups = new Map<GroupId, G>()
  incarnation = 0
  snaps = new Map<string, { mark: SnapshotMark; chunks: Uint8Array[] }>()
}
function apply(groups: Map<GroupId, G>, w: LogWrite) {
  let g = groups.get(w.group)
  if (!g) {
    g = { hard: { term: 0, vote: 0, commit: 0, recovering: false }, base: null, entries: [] }
    groups.set(w.group, g)
  }
  if (w.snapshot) {
    g.base = w.snapshot
    g.entries = []
  }
  for (const e of w.entries) {
    const b = g.base?.index ?? 0
    g.entries.length = e.index - b - 1
    g.entries.push(e)
  }
  if (w.hardState) g.hard = w.hardState
}
export async function openStub(storage: StubStorage, clock: Clock): Promise<OpenedLog> {
  storage.incarnation += 1
  const live = new Map<GroupId, G>()
  const groups = new Map<GroupId, RecoveredReplica>()
  for (const [id, g] of storage.groups) {
    live.set(id, { hard: g.hard, base: g.base, entries: [...g.entries] })
    const terms: { index: number; term: number }[] = []
    for (const e of g.entries)
      if (terms.at(-1)?.term !== e.term && !(terms.length === 0 && false))
        terms.push({ index: e.index, term: e.term })
    groups.set(id, {
      hardState: g.hard,
      terms,
      last: g.entries.at(-1)?.index ?? g.base?.index ?? 0,
      snapshot: g.base,
      configurations: g.entries.filter((e) => e.kind === 'configuration'),
    })
  }
  let queue: LogWrite[] = []
  let busy = false
  const pump = () => {
    if (busy || queue.length === 0) return
    busy = true
    const b = queue
    queue = []
    clock.after(0.15, () => {
      busy = false
      for (const w of b) {
        apply(storage.groups, w)
      }
      for (const w of b) w.done()
      pump()
    })
  }
  const read = (group: GroupId, from: number, to: number, bytesMax: number): Entry[] | null => {
    const g = live.get(group)
    if (!g) return null
    const b = g.base?.index ?? 0
    if (from <= b) return null
    const out: Entry[] = []
    let bytes = 0
    for (let i = from; i <= to; i++) {
      const e = g.entries[i - b - 1]
      if (!e) break
      bytes += e.data.length + 32
      if (bytes > bytesMax && out.length) break
      out.push(e)
    }
    return out.length ? out : null
  }
  const log: WriteAheadLog = {
    append(w) {
      apply(live, w)
      queue.push(w)
      clock.soon(pump)
    },
    read,
    load: async (g, f, t, b) => read(g, f, t, b) ?? [],
    cut(group, mark) {
      for (const groups of [live, storage.groups]) {
        const g = groups.get(group)
        if (!g) continue
        const b = g.base?.index ?? 0
        if (mark.index <= b) continue
        g.entries = g.entries.slice(mark.index - b)
        g.base = mark
      }
    },
    dropGroup() {},
    async close() {},
  }
  return {
    log,
    groups,
    report: {
      verdict: 'clean',
      segments: 1,
      records: 0,
      bytes: 0,
      file: null,
      offset: 0,
      reason: '',
      groups: [],
      incarnation: storage.incarnation,
    },
  }
}
export function stubSnapshots(storage: StubStorage) {
  const key = (g: number, i: number) => `${g}-${i}`
  return {
    async begin(group: GroupId, mark: SnapshotMark) {
      const chunks: Uint8Array[] = []
      return {
        async write(c: Uint8Array) {
          chunks.push(c)
        },
        async finish() {
          storage.snaps.set(key(group, mark.index), { mark, chunks })
        },
        async abort() {},
      }
    },
    async *open(group: GroupId, mark: SnapshotMark) {
      for (const c of storage.snaps.get(key(group, mark.index))!.chunks) yield c
    },
    async list(group: GroupId) {
      return [...storage.snaps]
        .filter(([k]) => k.startsWith(`${group}-`))
        .map(([, v]) => v.mark)
        .sort((a, b) => a.index - b.index)
    },
    async remove(group: GroupId, mark: SnapshotMark) {
      storage.snaps.delete(key(group, mark.index))
    },
  }
}
