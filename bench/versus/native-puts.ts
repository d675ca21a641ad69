/** One client of `quorate/client`, with many puts under way, as a program of its users has them. */

import { bytes, connect, QuorateError } from '../../src/client/index.ts'
import { during, Meter } from './meter.ts'
import type { Measured, NativeOrder } from './order.ts'
import { keyOf, valueOfLength } from './requests.ts'

export async function nativePuts(order: NativeOrder): Promise<Measured> {
  const { urls, keys, inFlight, valueBytes, pids } = order
  const meter = new Meter(pids)
  const endpoints = urls.map((url) => new URL(url).host)
  await using db = await connect({ endpoints, codec: bytes })
  const value = valueOfLength(valueBytes)
  const lanes = Array.from({ length: inFlight }, async () => {
    while (!meter.isOver) {
      const startMs = performance.now()
      try {
        await db.put(keyOf(Math.floor(Math.random() * keys)), value)
        meter.answered(startMs)
      } catch (error) {
        if (!(error instanceof QuorateError)) throw error
        meter.failed(`${error.code} ${error.message}`)
      }
    }
  })
  await Promise.all([during(meter, order), ...lanes])
  return meter.result(valueBytes)
}
