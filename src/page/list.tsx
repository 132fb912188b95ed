import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { useNarrow } from './narrow.ts';

export interface ListProps<T> {
  readonly label: string;
  /** By which its columns are as wide as they should be. */
  readonly kind: string;
  /** `grid` where rows are chosen with the arrows, `table` where what is in them is. */
  readonly role: 'grid' | 'table';
  readonly columns: readonly string[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly nameOf?: (row: T) => string;
  readonly classOf?: (row: T) => string;
  /** The cells of a row. */
  readonly render: (row: T) => ComponentChildren;
  readonly active?: string | undefined;
  readonly onActive?: (key: string | undefined) => void;
  readonly onOpen?: (row: T) => void;
  /** The end of the list is near. */
  readonly onEnd?: () => void;
  /** Whether it is scrolled away from its top. */
  readonly onAway?: (isAway: boolean) => void;
}

/** Rows beyond those that are seen. */
const BEYOND = 8;
/** Pixels of a row, and of one that takes two lines. */
const [LOW, HIGH] = [32, 60];

/** However many rows there are, only those that are seen are drawn. */
export function List<T>(props: ListProps<T>): JSX.Element {
  const { label, kind, role, columns, rows, keyOf, nameOf, classOf, render, active, onEnd, onAway } = props;
  const box = useRef<HTMLDivElement>(null);
  const [{ top, height }, setWindow] = useState({ top: 0, height: 600 });
  const rowHeight = useNarrow() ? HIGH : LOW;
  const look = (): void => {
    const { current } = box;
    if (!current) return;
    setWindow({ top: current.scrollTop, height: current.clientHeight });
    onAway?.(current.scrollTop > rowHeight);
    if (current.scrollTop + current.clientHeight > current.scrollHeight - 20 * rowHeight) onEnd?.();
  };
  useLayoutEffect(() => {
    const { current } = box;
    if (!current) return undefined;
    const observer = new ResizeObserver(look);
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  // A filter may have made it shorter than where it stands.
  const last = Math.max(0, rows.length * rowHeight - height);
  const from = Math.max(0, Math.floor(Math.min(top, last) / rowHeight) - BEYOND);
  const to = Math.min(rows.length, Math.ceil((Math.min(top, last) + height) / rowHeight) + BEYOND);
  const move = (by: number): void => {
    const at = rows.findIndex((row) => keyOf(row) === active);
    const next = Math.max(0, Math.min(rows.length - 1, (at === -1 && by < 0 ? 0 : at) + by));
    const row = rows[next];
    const { current } = box;
    if (row === undefined || !current) return;
    props.onActive?.(keyOf(row));
    const y = next * rowHeight;
    const head = rowHeight;
    if (y < current.scrollTop) current.scrollTop = y;
    else if (y + rowHeight + head > current.scrollTop + current.clientHeight) {
      current.scrollTop = y + rowHeight + head - current.clientHeight;
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (role !== 'grid' || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(height / rowHeight) - 1);
    const by = {
      ArrowDown: 1,
      j: 1,
      ArrowUp: -1,
      k: -1,
      PageDown: page,
      PageUp: -page,
      Home: -rows.length,
      End: rows.length,
    };
    const step = by[event.key as keyof typeof by] as number | undefined;
    if (step !== undefined) move(step);
    else if (event.key === 'Enter') {
      const row = rows.find((one) => keyOf(one) === active);
      if (row !== undefined) props.onOpen?.(row);
    } else return;
    event.preventDefault();
  };
  const drawn = rows.slice(from, to);
  const isDrawn = active !== undefined && drawn.some((row) => keyOf(row) === active);
  return (
    <div
      class={`list ${kind}`}
      ref={box}
      role={role}
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-activedescendant={role === 'grid' && isDrawn ? toId(active) : undefined}
      tabIndex={0}
      onScroll={look}
      onKeyDown={onKeyDown}
    >
      <div role="rowgroup" class="heads">
        <div role="row" aria-rowindex={1} class="row head">
          {columns.map((column) => (
            <span role="columnheader" key={column}>
              {column}
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup" class="space" style={{ height: `${rows.length * rowHeight}px` }}>
        {drawn.map((row, at) => {
          const key = keyOf(row);
          return (
            <div
              key={key}
              id={toId(key)}
              role="row"
              class={`row ${classOf?.(row) ?? ''}`}
              aria-rowindex={from + at + 2}
              aria-label={nameOf?.(row)}
              aria-selected={role === 'grid' ? key === active : undefined}
              style={{ transform: `translateY(${(from + at) * rowHeight}px)` }}
              onClick={() => {
                if (role !== 'grid' || String(getSelection()) !== '') return;
                props.onActive?.(key);
                props.onOpen?.(row);
              }}
            >
              {render(row)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** What a key holds may be anything. */
function toId(key: string): string {
  return `row-${encodeURIComponent(key)}`;
}
