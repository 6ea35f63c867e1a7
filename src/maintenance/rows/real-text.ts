/**
 * SQL that makes the text of a column's real number, from which the same number is read again. SQLite writes 15 digits,
 * which is enough for what is a whole number of billionths and not large, as measured times are; others go through a
 * function, which costs more than all else of a row. The quotient of two whole numbers is rounded as the text of it is
 * where it is read, so that the comparison is exact.
 */
export function realTextSql(column: string): string {
  const billionths = `CAST(CAST(${column} * 1e9 + 0.5 AS INTEGER) AS REAL) / 1e9`
  const isShort = `${column} >= 0 AND ${column} < 1e6 AND ${billionths} = ${column}`
  return `CASE WHEN ${isShort} THEN ${column} ELSE real_text(${column}) END`
}
