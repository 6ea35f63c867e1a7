/** One field of a protobuf message: its number, and its number or bytes. */
type Field = readonly [number: number, value: bigint | Buffer]

/** The fields of a message in their order (protocolbuffers.dev, "Encoding"), without knowing what they mean. */
export function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = []
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = message.readUInt8(at++)
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  const bytes = (length: number): Buffer => {
    if (at + length > message.length) throw new Error(`a field of ${length} bytes goes past the message's end`)
    return message.subarray(at, (at += length))
  }
  while (at < message.length) {
    const tag = varint()
    const number = Number(tag >> 3n)
    const wire = Number(tag & 7n)
    if (wire === 0) fields.push([number, varint()])
    else if (wire === 1) fields.push([number, bytes(8)])
    else if (wire === 2) fields.push([number, bytes(Number(varint()))])
    else if (wire === 5) fields.push([number, bytes(4)])
    else throw new Error(`wire type ${wire} is none of protobuf's`)
  }
  return fields
}
