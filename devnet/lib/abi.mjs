/**
 * The contract ABI, hex to hex: the checks and checksums of a general library cost more than the chain
 * itself. `type` is ethers' ParamType; numbers come back as bigints, addresses in lower case.
 */

const WORD = 64;
const TWO_256 = 2n ** 256n;

const isDynamic = (type) => {
  if (type.baseType === 'tuple') return type.components.some(isDynamic);
  if (type.baseType === 'array') return type.arrayLength === -1 || isDynamic(type.arrayChildren);
  return type.type === 'bytes' || type.type === 'string';
};

/** Arguments as hex, without 0x. */
export function encode(types, values) {
  if (types.length !== values.length) throw new Error(`${values.length} arguments for ${types.length} parameters`);
  const heads = types.map((type, i) => (isDynamic(type) ? null : encodeOne(type, values[i])));
  const tails = types.map((type, i) => (heads[i] === null ? encodeOne(type, values[i]) : ''));
  let offset = heads.reduce((sum, head) => sum + (head === null ? WORD : head.length), 0) / 2;
  const start = heads.map((head, i) => {
    if (head !== null) return head;
    const pointer = word(BigInt(offset));
    offset += tails[i].length / 2;
    return pointer;
  });
  return start.join('') + tails.join('');
}

function encodeOne(type, value) {
  if (type.baseType === 'tuple') {
    return encode(type.components, Array.isArray(value) ? value : type.components.map(({ name }) => value[name]));
  }
  if (type.baseType === 'array') {
    const length = type.arrayLength === -1 ? word(BigInt(value.length)) : '';
    return length + encode(value.map(() => type.arrayChildren), value);
  }
  if (type.type === 'bytes' || type.type === 'string') {
    const bytes = type.type === 'bytes' ? value.slice(2) : Buffer.from(value).toString('hex');
    return word(BigInt(bytes.length / 2)) + bytes.padEnd(Math.ceil(bytes.length / WORD) * WORD, '0');
  }
  if (type.type.startsWith('bytes')) return value.slice(2).padEnd(WORD, '0');
  if (type.type === 'address') return value.slice(2).toLowerCase().padStart(WORD, '0');
  return word(BigInt(value));
}

function word(number) {
  if (number >= TWO_256 || number < -TWO_256 / 2n) throw new Error(`${number} does not fit a word`);
  return (number < 0n ? number + TWO_256 : number).toString(16).padStart(WORD, '0');
}

/** Hex without 0x as values; a tuple's are indexed by position and by name. */
export function decode(types, hex, base = 0) {
  let at = base;
  const values = types.map((type) => {
    const dynamic = isDynamic(type);
    const value = decodeOne(type, hex, dynamic ? base + 2 * intAt(hex, at) : at);
    at += dynamic ? WORD : sizeOf(type);
    return value;
  });
  types.forEach(({ name }, i) => {
    if (name && !(name in values)) values[name] = values[i];
  });
  return values;
}

function decodeOne(type, hex, at) {
  if (type.baseType === 'tuple') return decode(type.components, hex, at);
  if (type.baseType === 'array') {
    const open = type.arrayLength === -1;
    const length = open ? intAt(hex, at) : type.arrayLength;
    return decode(new Array(length).fill(type.arrayChildren), hex, open ? at + WORD : at);
  }
  const raw = hex.slice(at, at + WORD);
  if (type.type === 'address') return `0x${raw.slice(24)}`;
  if (type.type === 'bool') return raw.endsWith('1');
  if (type.type.startsWith('uint')) return BigInt(`0x${raw}`);
  if (type.type.startsWith('int')) return BigInt.asIntN(256, BigInt(`0x${raw}`));
  if (type.type === 'bytes' || type.type === 'string') {
    const bytes = hex.slice(at + WORD, at + WORD + 2 * intAt(hex, at));
    return type.type === 'bytes' ? `0x${bytes}` : Buffer.from(bytes, 'hex').toString();
  }
  return `0x${raw.slice(0, 2 * Number(type.type.slice('bytes'.length)))}`;
}

const intAt = (hex, at) => Number.parseInt(hex.slice(at, at + WORD), 16);

function sizeOf(type) {
  if (type.baseType === 'tuple') return type.components.reduce((sum, one) => sum + sizeOf(one), 0);
  if (type.baseType === 'array') return type.arrayLength * sizeOf(type.arrayChildren);
  return WORD;
}
