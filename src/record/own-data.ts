/** What `ownData` answers where there is no own data property. */
export const ABSENT: unique symbol = Symbol('absent')

/** The value of an own data property. An accessor is not run, and what is inherited is not looked at. */
export function ownData(value: object, key: string | number): unknown {
  const property = Object.getOwnPropertyDescriptor(value, key)
  return property !== undefined && 'value' in property ? property.value : ABSENT
}
