import type { JSX } from 'preact';

type Fields = Readonly<Record<string, unknown>> | null;

export interface FieldChange {
  readonly field: string;
  /** As JSON; `undefined` where there was nothing. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** The fields of a record that are not what they were. */
export function toFieldChanges(before: Fields, after: Fields): readonly FieldChange[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return names.flatMap((field) => {
    const change = { field, before: toText(before, field), after: toText(after, field) };
    return change.before === change.after ? [] : [change];
  });
}

function toText(fields: Fields, name: string): string | undefined {
  if (!fields || !Object.hasOwn(fields, name)) return undefined;
  return JSON.stringify(fields[name]);
}

/** A line a field, with signs beside the colours. */
export function Diff({ before, after }: { readonly before: Fields; readonly after: Fields }): JSX.Element {
  const changes = toFieldChanges(before, after);
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  const equal = names.size - changes.length;
  return (
    <div class="diff">
      {changes.map(({ field, before: was, after: is }) => (
        <div key={field} class="change">
          <bdi>{field}</bdi>
          {was !== undefined && (
            <del>
              <span aria-hidden="true">− </span>
              <bdi>{was}</bdi>
            </del>
          )}
          {is !== undefined && (
            <ins>
              <span aria-hidden="true">+ </span>
              <bdi>{is}</bdi>
            </ins>
          )}
        </div>
      ))}
      {equal > 0 && <p class="soft">{equal === 1 ? '1 field' : `${equal} fields`} as before</p>}
    </div>
  );
}
