import { gunzipSync, gzipSync } from 'node:zlib'
import { describeCalls } from '../../src/rpc/contract/index.ts'
import { SimulatedClock, SimulatedSockets, World } from './index.ts'

/** At once, so that a run depends on its seed alone. */
const GZIP = {
  deflate: async (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)),
  inflate: async (bytes: Uint8Array, { bytesMax }: { bytesMax: number }) =>
    new Uint8Array(gunzipSync(bytes, { maxOutputLength: bytesMax })),
}

for (const seed of [1, 2, 3]) {
  for (const fragment of [0, 0.9]) {
    describeCalls(`simulated sockets, seed ${seed}, fragments ${fragment}`, async () => {
      const world = new World({ seed })
      const life = world.createLife('n1')
      const clock = new SimulatedClock({ world, name: 'n1' })
      const hub = new SimulatedSockets({ world, conditions: { fragment } })
      return {
        clock: clock.clockFor(life),
        chance: world.chance('client'),
        gzip: GZIP,
        sockets: hub.socketsFor('10.0.0.1', life),
        host: '10.0.0.1',
        run: (body) => world.perform(body),
        close: async () => life.end(),
      }
    })
  }
}
