/**
 * attack: what is needed to play a peer with bad intentions, in simulated time.
 *
 * Invariants: an attacker is read with the eyes of the conformance kit, which shares no code with
 * what is attacked; after every attack the honest client is served on the connection it had, no
 * handler broke, and the attackers' connections are gone once they are.
 */
export { attackClientWith, ClientScene } from './client-scene.ts'
export { RawPeer } from './raw-peer.ts'
export { expectMemoryBack, RealScene } from './real.ts'
export {
  attack,
  fieldsOf,
  inFrames,
  inflateSync,
  message,
  opening,
  Scene,
  statusOfStream,
} from './scene.ts'
