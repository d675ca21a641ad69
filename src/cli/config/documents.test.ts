import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ETCD_FLAGS } from './index.ts'
import { readNodeConfig } from './read-node-config.ts'
import { SettingReader } from './setting-reader.ts'

const TEXT = readFileSync(join(import.meta.dirname, '../../../docs/configuration.md'), 'utf8')

test('every flag of etcd and every setting is described, and no other setting', () => {
  for (const name of ETCD_FLAGS.keys()) assert.ok(TEXT.includes(`--${name}`), name)
  const read = new SettingReader(new Map(), (setting) => setting)
  readNodeConfig(read, 'own')
  for (const setting of read.asked) assert.ok(TEXT.includes(`\`${setting}\``), setting)
  const rows = TEXT.slice(TEXT.indexOf('| Setting |'), TEXT.indexOf('## In the place'))
  const described = [...rows.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  )
  assert.deepEqual(described.toSorted(), [...read.asked].toSorted())
})
