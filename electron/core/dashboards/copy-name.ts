/** 'Sales' -> 'Sales (copy)', 'Sales (copy 2)' ... */
export function copyName(title: string, names: readonly string[]): string {
  const base = title.replace(/ \(copy(?: \d+)?\)$/, '');
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? `${base} (copy)` : `${base} (copy ${number})`;
    if (!names.includes(name)) return name;
  }
}
