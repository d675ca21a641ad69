/**
 * Known bugs of what is shared or given back: checksums that several parts of a node use, memory
 * that is freed by hand, files and records that nothing needs any more.
 */

import type { Mutant } from './mutant.ts'

export const SHARING_MUTANTS: readonly Mutant[] = [
  {
    name: 'checksum-of-other-data',
    story:
      'A checksum is remembered by how long the data is, and serves other data of that length.',
    file: 'base/data-checksums.ts',
    find: `const known = this.#known.get(data)
    if (known !== undefined) return known
    const marked = new MarkedChecksum(data)`,
    replace: `const alike = (this.alike ??= new Map())
    const known = this.#known.get(data) ?? alike.get(data.length)
    if (known !== undefined) return known
    const marked = new MarkedChecksum(data)
    alike.set(data.length, marked)`,
  },
  {
    name: 'checksum-of-the-whole-for-a-part',
    story: 'The store gets the checksum of the whole entry for a value that is a part of it.',
    file: 'base/data-checksums.ts',
    find: 'return crc32cJoined(marked.through(start), marked.through(end), end - start)',
    replace: 'return start > end ? 0 : marked.whole',
  },
  {
    name: 'checksum-without-the-tail',
    story: 'What follows a long value in its record is left out of the checksum.',
    file: 'state/key-space.ts',
    find: 'return crc32c(this.#scratch, tail, length, joined)',
    replace: 'return tail > length ? 0 : joined',
  },
  {
    name: 'long-frames-unverified',
    story:
      'A frame whose data others have summed up is taken without comparing its checksum (I14).',
    file: 'peer/codec.ts',
    find: 'if (checksum !== frameChecksum(bytes, reader.insets, checksums)) {',
    replace:
      'if (checksum !== frameChecksum(bytes, reader.insets, checksums) && ' +
      'reader.insets.length === 0) {',
    profile: 'network',
  },
  {
    name: 'quick-reads-unverified',
    story: 'A record that is read while everybody waits is handed out whatever became of it (I14).',
    file: 'engine/bitcask/quick-reader.ts',
    find: 'return recordIn(file, number, { memory, start })',
    replace:
      'return (\n' +
      '      recordIn(file, number, { memory, start }) ??\n' +
      '      memory.bytes.slice(24, 24 + file.index.bytes(number))\n' +
      '    )',
    test: 'engine/bitcask/quick-reader.test.ts',
  },
  {
    name: 'records-of-a-load-unverified',
    story: 'Records that are read together are handed out whatever became of them (I14).',
    file: 'engine/bitcask/load-queue.ts',
    find: `    if (record === null) return false
    records[position] = record`,
    replace: `    const bytes = file.index.bytes(numbers[position] as number)
    records[position] = record ?? place.memory.bytes.slice(24, 24 + bytes)`,
    test: 'engine/bitcask/damage.test.ts',
  },
  {
    name: 'blocks-unverified',
    story: 'A record in a block of memory is handed out whatever became of it on disk (I14).',
    file: 'engine/bitcask/block-cache.ts',
    find: 'if (isRecordIn(file, at, place)) mark(',
    replace: 'if (isRecordIn(file, at, place) || at >= 0) mark(',
    test: 'engine/bitcask/block-cache.test.ts',
  },
  {
    name: 'block-of-a-file-that-is-gone',
    story: 'A block that comes when its file was replaced takes a place for ever.',
    file: 'engine/bitcask/block-cache.ts',
    find: 'if (!isWanted || count < blockBytes) {',
    replace: 'if (count < blockBytes) {',
    test: 'engine/bitcask/block-cache.test.ts',
  },
  {
    name: 'file-removed-before-the-manifest',
    story: 'A file goes while the manifest on disk still names it (K family, D-01).',
    file: 'engine/bitcask/bitcask-engine.ts',
    find: `leaving = this.#replaced
      this.#replaced = []`,
    replace: `for (const file of this.#replaced) this.#remover.add(file)
      this.#replaced = []`,
    profile: 'crashes',
    survives:
      'The second of two guards: a merge holds its files until the manifest without them is ' +
      'durable, and the remover waits for whoever holds one.',
  },
  {
    name: 'file-removed-under-its-reader',
    story: 'A file that was replaced goes while somebody still reads it.',
    file: 'engine/bitcask/file-remover.ts',
    find: 'void file.unpinned().then(() => {',
    replace: 'void Promise.resolve().then(() => {',
  },
  {
    name: 'slices-drop-too-much',
    story: 'A slice of a compaction goes on beyond the revision that was compacted.',
    file: 'state/keys/key-index.ts',
    find:
      'if (supersededAt <= this.#floor && supersededAt <= buried) ' +
      'this.#dropSuperseded(dropped)',
    replace:
      'if (supersededAt <= this.#floor + (step > 0 ? 2 : 0) && supersededAt <= buried)\n' +
      '        this.#dropSuperseded(dropped)',
  },
  {
    name: 'slice-in-the-middle-of-an-entry',
    story: 'A slice of a compaction runs although an entry is applied only in part.',
    file: 'group/group.ts',
    find: '} else if (!machine.isUnderWay) {\n      this.#compactSlice',
    replace: '} else {\n      this.#compactSlice',
    profile: 'tiny',
  },
  {
    name: 'slices-never-begin-again',
    story: 'After its first pause a compaction gives nothing back any more, and the disk fills.',
    file: 'group/group.ts',
    find: 'this.#compactPause = null\n      wake()',
    replace: 'wake()',
    test: 'group/room.test.ts',
  },
  {
    name: 'command-freed-before-it-leaves',
    story: 'A command is freed when it is handed over, before the forward was encoded.',
    file: 'server/forwarder.ts',
    find: 'write.handOver()\n',
    replace:
      'write.handOver()\n' +
      '      if (length >= 4096) queueMicrotask(() => write.command.buffer.transfer())\n',
  },
  {
    name: 'request-freed-before-it-is-handled',
    story: 'The memory of a request is given back before the handler has seen it.',
    file: 'rpc/grpc/network-call.ts',
    find: `this.#guarded(() => method.handle(this, message, 0, message.length))
    // It was the handler's until now.
    freeLent(message)`,
    replace: `const { length } = message
    freeLent(message)
    this.#guarded(() => method.handle(this, message, 0, length))`,
    test: 'rpc/grpc/calls.test.ts',
  },
]
