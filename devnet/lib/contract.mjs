import { Interface, ParamType, getAddress } from 'ethers';
import { decode, encode } from './abi.mjs';

/** A contract at an address: encodes calls and decodes their results. */
export class Contract {
  constructor(abi, address) {
    this.iface = abi instanceof Interface ? abi : new Interface(abi);
    this.address = getAddress(address);
  }

  encode(name, args) {
    const { selector, inputs } = this.fragment(name);
    return selector + encode(inputs, args);
  }

  /** Looking a function up by name costs more than encoding its arguments. */
  fragment(name) {
    const known = (this.iface.known ??= new Map());
    if (!known.has(name)) known.set(name, this.iface.getFunction(name));
    return known.get(name);
  }

  /** One value for functions that return one, the whole result otherwise. */
  decode(name, bytes) {
    const result = decode(this.fragment(name).outputs, bytes.slice(2));
    return result.length === 1 ? result[0] : result;
  }
}

/** Bytecode with its libraries' addresses filled in, followed by the constructor's arguments. */
export function initCode({ abi, bytecode, linkReferences = {} }, args = [], libraries = {}) {
  let code = bytecode;
  for (const references of Object.values(linkReferences)) {
    for (const [name, places] of Object.entries(references)) {
      if (!libraries[name]) throw new Error(`library ${name} is not deployed`);
      const address = libraries[name].slice(2).toLowerCase();
      for (const { start } of places) {
        code = code.slice(0, 2 + start * 2) + address + code.slice(2 + start * 2 + 40);
      }
    }
  }
  const inputs = abi.find((item) => item.type === 'constructor')?.inputs ?? [];
  return code + encode(inputs.map((input) => ParamType.from(input)), args);
}
