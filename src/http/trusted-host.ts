import { isIP } from 'node:net';

/** A service's name in a compose file. No site of the internet has a name without a dot. */
const DOTLESS = /^[a-z0-9_-]+$/;
const LOCAL_NAME = /^(?:[a-z0-9._-]+\.)?localhost$/;

/** Whether no page of another site can use this name: no other site can make it resolve to this machine. */
export function isTrustedHost(host: string, allowed: readonly string[]): boolean {
  return (
    isAddress(host) ||
    isLoopback(host) ||
    DOTLESS.test(host) ||
    host === 'host.docker.internal' ||
    allowed.includes(host)
  );
}

/** Whether it is the address of a machine and not a name, with or without the brackets of a URL. */
export function isAddress(host: string): boolean {
  return isIP(host.replace(/^\[|\]$/g, '')) !== 0;
}

/** Whether it always means the machine that it is used on. */
export function isLoopback(host: string): boolean {
  return LOCAL_NAME.test(host) || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));
}
