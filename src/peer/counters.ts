/** What is counted of one peer; see `PeerStatistics`. */
export class Counters {
  bytesSent = 0
  bytesReceived = 0
  messagesSent = 0
  messagesReceived = 0
  messagesDropped = 0
  connects = 0
  dialFailures = 0
  roundTripMs = Number.NaN
}
