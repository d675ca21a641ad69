import { assert, HTTP_BODIES_BYTES_ALL_MAX, HTTP_BODY_SHARE_BYTES } from '../../base/index.ts'

/** What all bodies that are being read hold together. */
export class BodyMemory {
  #heldBytes = 0

  get heldBytes(): number {
    return this.#heldBytes
  }

  /** For a body that holds `before` bytes so far. False: there is too much of others already. */
  grow(before: number, bytes: number): boolean {
    const held = this.#heldBytes + bytes
    // A small body is always let in: those of all connections together are within the same bound.
    if (before + bytes > HTTP_BODY_SHARE_BYTES && held > HTTP_BODIES_BYTES_ALL_MAX) return false
    this.#heldBytes = held
    return true
  }

  give(bytes: number): void {
    this.#heldBytes -= bytes
    assert(this.#heldBytes >= 0, 'nobody gives back more than was taken')
  }
}
