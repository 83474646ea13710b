/**
 * How the server of a catalog entry is started. Said by operators alone, in catalog files: what users type is never a command, and never a part
 * of one.
 */
export interface Launch {
  /**
   * Program and arguments, as they are: no shell reads them, and no setting is put into them. With an image, in the place of its entry point.
   * Undefined: the image knows.
   */
  command: readonly string[] | undefined;
  /** A container image, `name:tag` or with a digest. Undefined: the command alone is enough, where it is started. */
  image: string | undefined;
  /** `stdio`: a bridge makes streamable HTTP of it. `http`: it serves streamable HTTP itself. */
  speaks: 'stdio' | 'http';
  /** Where it listens, for those that speak HTTP; they are told by {@link PORT_VARIABLE} too. 1 to 65,535. */
  port: number;
  /** The path of its endpoint, for those that speak HTTP: `/mcp`. */
  path: string;
  /** What else it gets as environment, the same for all owners. Names as of {@link isAllowedVariable}. */
  environment: Readonly<Record<string, string>>;
  /** Memory in MiB that it may use. */
  memoryMb: number;
  /** Thousandths of a processor that it may use. */
  cpuMillis: number;
}

/** Tells a server that speaks HTTP where to listen; nobody else may set it. */
export const PORT_VARIABLE = 'PORT';

/** A secret that a server reads from a file. */
export interface CredentialFile {
  /** As of {@link isFileName}. */
  name: string;
  content: string;
  /** The environment variable that gets the path of the file. */
  variable: string;
}

/** One segment of a path: up to 100 letters, digits, dots, hyphens and underscores; never `.` or `..`. */
export function isFileName(name: string): boolean {
  return /^[A-Za-z0-9._-]{1,100}$/.test(name) && !/^\.+$/.test(name);
}

/** Variables that change what a program does before its own code runs, or where it finds what it loads. */
const REFUSED =
  /^(?:NODE_.*|LD_.*|DYLD_.*|PYTHON.*|RUBY.*|PERL.*|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|BASH_.*|ENV|IFS|SHELL|SHELLOPTS|PATH|HOME|TMPDIR|GCONV_PATH|MCP_PROXY_.*|npm_config_.*|NPM_CONFIG_.*)$/i;

/** May a server get this variable from a catalog entry or a setting? */
export function isAllowedVariable(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name) && !REFUSED.test(name);
}
