/**
 * Rows into COPY in PostgreSQL's binary format: each row is the number of its fields, and each field its length and bytes. The
 * server then reads no text, and the program makes none: a close writes hundreds of thousands of rows.
 */
import type { BulkTable, Row, Value } from './bulk.ts'

/** What a COPY begins with (signature, flags, no extension) and ends with. */
export const copyHeader = Buffer.from('5047434f50590aff0d0a000000000000000000', 'hex')
export const copyTrailer = Buffer.from('ffff', 'hex')

const pieceBytes = 1 << 17

/** Writes the rows of one table into pieces of bytes. */
export class BinaryWriter {
  readonly #columns: readonly Encode[]
  readonly #pieces: Buffer[] = []
  #bytes = Buffer.allocUnsafe(pieceBytes)
  #at = 0
  /** what the row before has in each column, where its bytes begin in this piece, and how many they are */
  readonly #before: (Value | undefined)[]
  readonly #starts: Int32Array
  readonly #lengths: Int32Array

  constructor(table: BulkTable) {
    this.#columns = table.columns.map(([, type]) => encoderOf(type))
    this.#before = table.columns.map(() => undefined)
    this.#starts = new Int32Array(table.columns.length)
    this.#lengths = new Int32Array(table.columns.length)
  }

  add(row: Row): void {
    const columns = this.#columns.length
    if (row.length !== columns) throw new Error(`a row of ${row.length} for ${columns} columns`)
    this.#room(2 + columns * fixedBytes)
    this.#bytes[this.#at] = columns >> 8
    this.#bytes[this.#at + 1] = columns
    this.#at += 2
    for (let index = 0; index < columns; index++) {
      const value = row[index]!
      // Much of a row is as in the row before: the seller, the document, the month, what is not there.
      if (value === this.#before[index] && this.#lengths[index]! <= shortText) this.#again(index)
      else this.#put(index, value, columns)
    }
  }

  #again(index: number): void {
    const bytes = this.#bytes
    const from = this.#starts[index]!
    const length = this.#lengths[index]!
    const at = this.#at
    for (let place = 0; place < length; place++) bytes[at + place] = bytes[from + place]!
    this.#starts[index] = at
    this.#at = at + length
  }

  #put(index: number, value: Value, columns: number): void {
    if (typeof value === 'string' && value.length > shortText)
      this.#room(value.length * 3 + (columns - index) * fixedBytes)
    const at = this.#at
    const length = value === null ? -1 : this.#columns[index]!(this.#bytes, at + 4, value)
    writeInt32(this.#bytes, at, length)
    this.#at = at + 4 + Math.max(length, 0)
    this.#before[index] = value
    this.#starts[index] = at
    this.#lengths[index] = this.#at - at
  }

  /** All that was written since the last time, the caller's from then on. */
  take(): Buffer[] {
    const pieces = this.#pieces.splice(0)
    if (this.#at === 0) return pieces
    pieces.push(Buffer.from(this.#bytes.subarray(0, this.#at)))
    this.#before.fill(undefined)
    this.#at = 0
    return pieces
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return
    this.#grow(bytes)
  }

  /** A row that does not fit any more goes on in a new piece: a field never lies in two. */
  #grow(bytes: number): void {
    if (this.#at > 0) this.#turn()
    if (bytes > this.#bytes.length) this.#bytes = Buffer.allocUnsafe(bytes)
  }

  #turn(): void {
    this.#before.fill(undefined)
    this.#pieces.push(this.#bytes.subarray(0, this.#at))
    this.#bytes = Buffer.allocUnsafe(pieceBytes)
    this.#at = 0
  }
}

/** A text up to this length has room already; so has every value of another type. */
const shortText = 64
/** Room that is kept for each field of a row: its length, and the longest value that has not asked for more. */
const fixedBytes = 4 + 3 * shortText + 16

/** Writes a value at a place and says how many bytes it took. */
type Encode = (bytes: Buffer, at: number, value: NonNullable<Value>) => number

function encoderOf(type: string): Encode {
  if (type === 'uuid') return (bytes, at, value) => writeUuid(bytes, at, String(value))
  if (type === 'int') return (bytes, at, value) => bytes.writeInt32BE(Number(value), at) - at
  if (type === 'numeric') return (bytes, at, value) => writeNumeric(bytes, at, String(value))
  if (type === 'text' || type === 'json') return (bytes, at, value) => writeText(bytes, at, String(value))
  if (type === 'jsonb') return (bytes, at, value) => 1 + writeText(bytes, bytes.writeUInt8(1, at), String(value))
  if (type === 'date')
    return (bytes, at, value) => bytes.writeInt32BE(Date.parse(String(value)) / 86_400_000 - 10_957, at) - at
  if (type === 'timestamptz') return (bytes, at, value) => bytes.writeBigInt64BE(microseconds(String(value)), at) - at
  throw new Error(`rows in bulk have no ${type} yet`)
}

const millisecondsTo2000 = 946_684_800_000

function microseconds(moment: string): bigint {
  const milliseconds = Date.parse(moment)
  if (Number.isNaN(milliseconds)) throw new RangeError(`not a moment: ${moment}`)
  return BigInt(milliseconds - millisecondsTo2000) * 1000n
}

/** Short texts are nearly always plain letters and digits. */
function writeText(bytes: Buffer, at: number, text: string): number {
  if (text.length > shortText) return bytes.write(text, at)
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > 127) return bytes.write(text, at)
    bytes[at + index] = code
  }
  return text.length
}

const places = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34]
const nibbles = new Uint8Array(128).fill(255)
for (let digit = 0; digit < 16; digit++) {
  nibbles[digit.toString(16).charCodeAt(0)] = digit
  nibbles[digit.toString(16).toUpperCase().charCodeAt(0)] = digit
}

function writeUuid(bytes: Buffer, at: number, text: string): number {
  let wrong = text.length === 36 ? 0 : 255
  for (let index = 0; index < 16; index++) {
    const place = places[index]!
    const high = nibbles[text.charCodeAt(place) & 127]!
    const low = nibbles[text.charCodeAt(place + 1) & 127]!
    wrong |= (high | low) & 240
    bytes[at + index] = (high << 4) | low
  }
  if (wrong !== 0) throw new RangeError(`not an id: ${text}`)
  return 16
}

function writeInt16(bytes: Buffer, at: number, value: number): number {
  bytes[at] = value >> 8
  bytes[at + 1] = value
  return at + 2
}

function writeInt32(bytes: Buffer, at: number, value: number): number {
  bytes[at] = value >> 24
  bytes[at + 1] = value >> 16
  bytes[at + 2] = value >> 8
  bytes[at + 3] = value
  return at + 4
}

const zero = 48
/** What brings so many digits of a group to four. */
const shifts = [10_000, 1000, 100, 10, 1]

/** A numeric: groups of four digits before and after the point; the scale is that of the text. */
function writeNumeric(bytes: Buffer, at: number, text: string): number {
  const negative = text.charCodeAt(0) === 45
  const first = negative ? 1 : 0
  const dot = text.indexOf('.')
  const whole = dot < 0 ? text.length : dot
  const scale = dot < 0 ? 0 : text.length - dot - 1
  const before = Math.ceil((whole - first) / 4)
  const after = Math.ceil(scale / 4)
  if (whole === first || (dot >= 0 && scale === 0) || before + after > 30_000)
    throw new RangeError(`not a number: ${text}`)
  let to = at + 8
  for (let group = 0; group < before; group++) {
    const end = whole - (before - 1 - group) * 4
    to = writeInt16(bytes, to, digits(text, Math.max(first, end - 4), end))
  }
  for (let group = 0; group < after; group++) {
    const from = dot + 1 + group * 4
    const end = Math.min(from + 4, text.length)
    to = writeInt16(bytes, to, digits(text, from, end) * shifts[end - from]!)
  }
  writeInt16(bytes, at, before + after)
  writeInt16(bytes, at + 2, before - 1)
  writeInt16(bytes, at + 4, negative ? 0x4000 : 0)
  writeInt16(bytes, at + 6, scale)
  return to - at
}

function digits(text: string, from: number, to: number): number {
  let number = 0
  for (let index = from; index < to; index++) {
    const digit = text.charCodeAt(index) - zero
    if (digit < 0 || digit > 9) throw new RangeError(`not a number: ${text}`)
    number = number * 10 + digit
  }
  return number
}
