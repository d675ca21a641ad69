/**
 * Limits of the log and of snapshots, each with its reason. What a user may configure starts from
 * these; what is not configurable is named here all the same, so that every bound has one place.
 */

const KIB = 1024
const MIB = 1024 * KIB

/**
 * One segment of the log. At the highest measured rate (170 MB/s) one lasts half a second, which
 * leaves the next one time to be prepared; a quiet node prepares 192 MiB at most (active, next,
 * spare).
 */
export const LOG_SEGMENT_BYTES = 64 * MIB

/** The header fills one page, so the records behind it never share a sector with it. */
export const LOG_SEGMENT_BYTES_MIN = 8 * KIB

/** Positions count in units of 8 bytes in 32 bits: 32 GiB. Far below that, a file is unwieldy. */
export const LOG_SEGMENT_BYTES_MAX = 4 * 1024 * MIB

/**
 * One write. A durable write of 1 MiB takes 0.8 ms, of 64 KiB 0.12 ms: beyond a few MiB a batch
 * only makes those wait who came first.
 */
export const LOG_BATCH_BYTES_MAX = 4 * MIB

/**
 * Every batch starts at a multiple of this, so that no write ever touches a sector that holds
 * acknowledged bytes. 4 KiB is the physical sector of today's disks and the page of the cache.
 */
export const LOG_ALIGNMENT_BYTES = 4 * KIB

/**
 * Entries kept for replication and apply while somebody still needs them: twice what consensus has
 * in flight to a follower. Who is further behind is sent what the disk has.
 */
export const LOG_CACHE_BYTES_MAX = 16 * MIB

/** Cut segments kept for reuse, besides the next and the spare: a cut frees several at once. */
export const LOG_RECYCLED_SEGMENTS_MAX = 4

/**
 * With more full segments than this, whoever still has entries in the oldest one is asked to let go
 * of them: a group in which nothing happens would otherwise keep all that others write after it.
 * 256 MiB are some seconds of the highest rate, for followers that come back.
 */
export const LOG_FULL_SEGMENTS_WANTED_MAX = 4

/** Idle time after which the log notes that its last batch is durable; see docs/format/log.md. */
export const LOG_EVIDENCE_DELAY_MS = 20

/** A full disk is asked again this often; a cut asks at once. */
export const LOG_SPACE_RETRY_MS = 1000

/** Recovery and loads read a file in pieces of this size: large reads, bounded memory. */
export const LOG_READ_BYTES = 1 * MIB

/** So many zeros are synced at a time. */
export const LOG_ZERO_FILL_BYTES = 1 * MIB

/**
 * And written in pieces of this size. Linux keeps what one call has written as one piece of memory,
 * and goes through all of it whenever a part of it is synced later.
 */
export const LOG_ZERO_WRITE_BYTES = 64 * KIB

/** Copies of torn tails that are kept for whoever wants to look; the oldest goes first. */
export const LOG_TORN_COPIES_MAX = 8
export const LOG_TORN_COPY_BYTES_MAX = 4 * MIB

/** Segments with damage that are kept aside instead of reused. */
export const LOG_DAMAGED_KEPT_MAX = 4

/** Damaged places a report lists: enough to see a pattern, bounded for a disk that is gone. */
export const LOG_DAMAGES_REPORTED_MAX = 100

/**
 * When the end of the log is lost, so is the highest term this node may have voted in: it is taken
 * to be at most this much above what is known. A million elections take a day of nothing else.
 */
export const LOG_LOST_TERMS_MAX = 2 ** 20

/**
 * Memory of the engine `bitcask` for what was read from disk. Places in it are numbers of 32 bits.
 * A record takes an eighth of what is for single records at most: with less than the least, those
 * of 128 KiB would never be kept.
 */
export const READ_CACHE_BYTES_MIN = 1 * MIB
export const READ_CACHE_BYTES_MAX = 4 * 1024 * MIB

/** A chunk of a snapshot file, and what a reader holds in memory. */
export const SNAPSHOT_CHUNK_BYTES_MAX = 4 * MIB

/**
 * One HTTP/2 stream may send so much ahead of what is taken from it: a megabyte keeps a link of
 * 10 ms and 100 MB/s busy.
 */
export const RPC_STREAM_WINDOW_BYTES = 1 * MIB

/** All streams of a connection together: what one peer can make us hold in bytes not yet taken. */
export const RPC_CONNECTION_WINDOW_BYTES = 16 * MIB

/**
 * Calls at once on a connection. The benchmark's busiest has 100; a pooling proxy some hundreds.
 */
export const RPC_STREAMS_MAX = 1024

/** As in most servers; gRPC's own default is 8 KiB. Told to the peer, and enforced. */
export const RPC_HEADER_LIST_BYTES_MAX = 16 * KIB

/** One header block before decoding, and in how many frames it may come (CVE-2024-27316). */
export const RPC_HEADER_BLOCK_BYTES_MAX = 32 * KIB
export const RPC_CONTINUATIONS_MAX = 16

/** Above this much unsent, a connection's own requests wait: what a slow reader costs. */
export const RPC_OUTPUT_BYTES_HIGH = 256 * KIB

/** Answers to PING and SETTINGS that a peer may ask for while it reads nothing (CVE-2019-9512). */
export const RPC_ACKNOWLEDGEMENTS_QUEUED_MAX = 1000

/** Answers that wait for a peer's flow control; more is a peer that asks and does not read. */
export const RPC_HELD_BACK_BYTES_MAX = 64 * MIB

/** Of all connections of a server together; over it only those keep on that have little. */
export const RPC_HELD_BACK_BYTES_ALL_MAX = 256 * MIB
export const RPC_GATHERED_BYTES_ALL_MAX = 256 * MIB
export const RPC_SHARE_BYTES = 1 * MIB

/**
 * Credit for frames that bring no work, see `src/rpc/http2/flood-guard.ts`. A peer in good faith
 * sends a PING, a SETTINGS or a cancellation now and then; ten thousand at once are an attack.
 */
export const RPC_FLOOD_CREDIT_MAX = 10_000
export const RPC_FLOOD_CREDIT_PER_SECOND = 1000
export const RPC_FLOOD_CREDIT_PER_WORK = 4

/** More than a stream's opening earns: opening and cancelling in a row costs (CVE-2023-44487). */
export const RPC_FLOOD_RESET_COST = 10

/** A frame, a header block or the preface that has begun must be whole after this. */
export const RPC_PARTIAL_MS_MAX = 10_000

/** Answers that wait for a peer that takes nothing at all for this long are given up with it. */
export const RPC_STALLED_MS_MAX = 60_000

/** Acknowledging SETTINGS, and the PING of a farewell, take a round trip. */
export const RPC_ACKNOWLEDGE_MS_MAX = 10_000

/** After the last word the peer has so long to read it. */
export const RPC_LINGER_MS = 1000

/** What is read and dropped meanwhile; who sends more floods, and need not hear the last word. */
export const RPC_DROPPED_BYTES_MAX = 256 * KIB

/** How often a server looks after those times. */
export const RPC_SWEEP_MS = 1000

/**
 * Streams that we reset are remembered: what was under way for them is ignored. All that a
 * connection has may be reset at once, by a deadline for instance.
 */
export const RPC_CLOSED_REMEMBERED = 1024

/**
 * The longest wait a caller may ask for: a year. Eight digits of hours would be 11,000 years, which
 * no timer and no process has to know about.
 */
export const RPC_TIMEOUT_MS_MAX = 366 * 24 * 60 * 60 * 1000

/** Metadata of one call, as HTTP/2 measures header lists; gRPC suggests 8 KiB for all headers. */
export const RPC_METADATA_BYTES_MAX = 8 * KIB

/** The text of a failed status, encoded: it shares the 8 KiB of trailers with the metadata. */
export const RPC_STATUS_MESSAGE_BYTES_MAX = 2 * KIB

/** Below this gzip saves less than a packet and costs more than sending it. */
export const RPC_GZIP_BYTES_MIN = 1 * KIB

/**
 * Messages in compression at a time: half of the pool of four threads, which the disk needs too.
 */
export const RPC_GZIP_RUNNING_MAX = 2

/**
 * Messages that wait for compression: about 100 ms of work, after which nobody gains by waiting.
 */
export const RPC_GZIP_WAITING_MAX = 256

/**
 * Messages within messages. A transaction of etcd may go down 128 transactions, two messages each,
 * and its answer ends two further down. A stack overflow needs some thousand.
 */
export const WIRE_DEPTH_MAX = 300

/**
 * Elements in the repeated fields of one message. An empty one takes 2 bytes on the wire and about
 * 100 in memory, so this is what bounds memory; a list of a million keys still fits.
 */
export const WIRE_ELEMENTS_MAX = 2 ** 20

/** Values within values of JSON: a transaction 20 deep, far beyond what anybody writes. */
export const JSON_DEPTH_MAX = 64

/** Elements of lists in one request of JSON, of 3 bytes each and some hundred in memory. */
export const JSON_ELEMENTS_MAX = 2 ** 16

/** Four octets after the prefix are 28 bits, more than any length, index or size has here. */
export const RPC_HPACK_INTEGER_OCTETS_MAX = 4

/** Where Huffman-coded text is put together; the few texts that are longer get their own room. */
export const RPC_HPACK_SCRATCH_BYTES = 256

/**
 * Header blocks a decoder recognises: the methods that one client calls again and again. What is
 * counted are octets and lists, whose strings are mostly those of the dynamic table.
 */
export const RPC_HPACK_BLOCK_OCTETS_MAX = 1 * KIB
export const RPC_HPACK_BLOCKS_BYTES_MAX = 8 * KIB

/** Strings a decoder recognises: a path and a token that are never indexed, and their like. */
export const RPC_HPACK_TEXT_OCTETS_MAX = 64
export const RPC_HPACK_TEXTS_BYTES_MAX = 1 * KIB

/**
 * What an encoder of ours puts into the peer's table; HTTP/2 begins with as much, and it is ample.
 */
export const RPC_HPACK_SENT_TABLE_BYTES_MAX = 4 * KIB

/** Larger fields are sent literally: one of them would take the place of several. */
export const RPC_HPACK_ENTRY_BYTES_MAX = 256

/** Lists whose encoding a connection remembers, and how long that may be: at most 4 KiB. */
export const RPC_HPACK_REMEMBERED_MAX = 8
export const RPC_HPACK_REMEMBERED_BYTES_MAX = 512

/**
 * Open sockets of the one port; one more is closed. Idle ones cost at most 20 KB each, 200 MB, and
 * with TLS another 50 KB, for OpenSSL keeps its buffers: 700 MB when all of them speak TLS.
 */
export const RPC_PORT_CONNECTIONS_MAX = 10_000

/**
 * Sockets whose first bytes are awaited, or whose TLS handshake is under way (about 50 KB each, so
 * 50 MB). Beyond it the oldest goes: who means well decides within a round trip or two.
 */
export const RPC_PORT_UNDECIDED_MAX = 1024

/**
 * From accepted to decided, handshake included: far beyond any round trip, short for a squatter.
 */
export const RPC_PORT_UNDECIDED_MS_MAX = 10_000

/** Messages that came in part, on one connection: a dozen of the largest at once. */
export const RPC_GATHERED_BYTES_MAX = 32 * MIB

/** The largest message a server takes unless told otherwise; gRPC's own default. */
export const RPC_MESSAGE_BYTES_MAX = 4 * MIB

/** A connection that is not ready by then is given up, and the next endpoint tried. */
export const RPC_CONNECT_MS_MAX = 5000

/** Between rounds over all endpoints that fail: quick at first, never more than this apart. */
export const RPC_BACKOFF_MS_MIN = 50
export const RPC_BACKOFF_MS_MAX = 5000

/** Calls that wait for a connection, or for room on it. */
export const RPC_CALLS_WAITING_MAX = 16_384

/** Silence after which a connection with calls under way is asked whether it is still there. */
export const RPC_KEEPALIVE_MS = 10_000

/** A name that a stranger asks to be told of, kept as long as the call lasts; real ones have 50. */
export const RPC_HEALTH_NAME_LENGTH_MAX = 256

/** Silence after which a server asks a client whether it is still there. */
export const RPC_SERVER_KEEPALIVE_MS = 60_000

/** What a server that leaves waits for calls to end. */
export const RPC_LEAVE_MS_MAX = 10_000

/**
 * What one envelope between nodes is filled up to: an append is as large, and the heartbeat of
 * another group behind it waits for a millisecond at most where a gigabit is the limit.
 */
export const PEER_ENVELOPE_BYTES = 1 * MIB

/**
 * The largest envelope that is sent or taken. It holds one message then: an append whose last entry
 * is the largest there is (3 MiB), a chunk of a snapshot (4 MiB), answers to forwarded commands.
 */
export const PEER_ENVELOPE_BYTES_MAX = 16 * MIB

/**
 * An envelope travels in pieces, each of which shows that its sender is there, however slow the way
 * is. With its headers (5 and 9 bytes) a piece is half a chunk of a connection's output.
 */
export const PEER_PIECE_BYTES = 16 * KIB - 14

/** Taken at once for an envelope that was announced; more only as it comes. */
export const PEER_ASSEMBLY_BYTES_MIN = 2 * MIB

/**
 * What waits for one peer; beyond it messages are dropped, as a network may do. Four times what
 * consensus has in flight to it, so that only a peer that takes nothing gets there.
 */
export const PEER_QUEUE_BYTES_MAX = 32 * MIB
export const PEER_QUEUE_ENVELOPES_MAX = 4096

/**
 * Who has said nothing for so long on a stream says that it is there, so that silence has a
 * meaning. After five such intervals without a word the peer is taken to be gone: about a second,
 * in which an election has begun by itself if it was the leader, and beyond any pause of a process
 * that still does its work. A stream that is dialled has as long to come up: four round trips of
 * 200 ms, TLS included.
 */
export const PEER_PING_MS = 200
export const PEER_SILENT_INTERVALS_MAX = 5

/** The round trip is measured once in so many intervals. */
export const PEER_ROUND_TRIP_INTERVALS = 5

/**
 * Between attempts at a peer that does not answer. One that starts dials too, and is dialled back
 * at once; so the longer pauses are only felt by a peer that can be dialled and cannot dial.
 */
export const PEER_BACKOFF_MS_MIN = 20
export const PEER_BACKOFF_MS_MAX = 500

/** A stream that ends sooner than this counts as an attempt that failed. */
export const PEER_STABLE_MS = 1000

/** After a refusal, which somebody has to look into: another cluster, or another version. */
export const PEER_REFUSED_MS = 5000

/** A bulk stream that carried nothing for so many intervals (10 s) is closed until it is needed. */
export const PEER_BULK_IDLE_INTERVALS = 50

/** As many streams may be open to a node: a hundred nodes, or a few that reconnect in a storm. */
export const PEER_CONNECTIONS_MAX = 256

/** What is under way when a node leaves has so long to end in order. */
export const PEER_CLOSE_MS_MAX = 500

/** A TLS handshake; a lane gives up sooner, this is for whoever is not a peer. */
export const PEER_HANDSHAKE_MS_MAX = 5000

/**
 * Silence on a connection below a stream that is over: a peer that is gone leaves nothing behind.
 */
export const PEER_KEEPALIVE_MS = 5000

/**
 * The body of a request over HTTP/1.1: the largest message of etcd's (2 MiB), a third longer in
 * base64, with room for escapes.
 */
export const HTTP_BODY_BYTES_MAX = 4 * MIB

/** A body that came until then; on a slow line (140 KB/s) the largest takes as long. */
export const HTTP_BODY_MS_MAX = 30_000

/** Of a body that is refused: so much is read and dropped, so that the answer is not lost. */
export const HTTP_BODY_DROPPED_BYTES_MAX = 16 * MIB

/** All bodies that are being read; over it only small ones are taken, which fit in even so. */
export const HTTP_BODIES_BYTES_ALL_MAX = 256 * MIB
export const HTTP_BODY_SHARE_BYTES = 16 * KIB

/** The head of a request, as over HTTP/2, and when it must be whole. */
export const HTTP_HEAD_BYTES_MAX = 16 * KIB
export const HTTP_HEAD_MS_MAX = 10_000

/**
 * Requests of one connection that wait for the answers before; beyond it, and what one read brings
 * (64 KiB), nothing more is read. Tools that measure send some hundred at a time.
 */
export const HTTP_WAITING_MAX = 256

/** A connection without a request; longer than pools of clients keep theirs (60 s). */
export const HTTP_IDLE_MS_MAX = 75_000
