/** What a message in memory takes besides its bytes: an empty one is not free. */
const MESSAGE_OVERHEAD_BYTES = 200

export interface QueuedMessage {
  readonly bytes: Uint8Array
  readonly isCompressed: boolean
}

/** Messages that cannot be handed on yet, the oldest first, and what they hold in memory. */
export class MessageQueue {
  #messages: QueuedMessage[] = []
  /** Those before it are taken: to shift a long array moves all of it. */
  #next = 0
  #heldBytes = 0

  get isEmpty(): boolean {
    return this.#next === this.#messages.length
  }

  get heldBytes(): number {
    return this.#heldBytes
  }

  push(message: QueuedMessage): void {
    this.#messages.push(message)
    this.#heldBytes += message.bytes.length + MESSAGE_OVERHEAD_BYTES
  }

  take(): QueuedMessage | null {
    if (this.isEmpty) return null
    const message = this.#messages[this.#next] as QueuedMessage
    this.#next += 1
    this.#heldBytes -= message.bytes.length + MESSAGE_OVERHEAD_BYTES
    if (this.isEmpty) this.clear()
    return message
  }

  clear(): void {
    this.#messages = []
    this.#next = 0
    this.#heldBytes = 0
  }
}
