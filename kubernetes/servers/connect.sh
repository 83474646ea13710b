# Starts the server whenever the bridge listens, as the service's own runtime does (src/runtimes/kubernetes-pod.ts).
command -v "$1" >/dev/null || { echo "there is no $1 in the image" >&2; exit 127; }
trap 'kill "$server" 2>/dev/null; exit 143' TERM
while :; do
  until /run/mcp-tools/busybox grep -q ':238C 00000000:0000 0A ' /proc/net/tcp; do /run/mcp-tools/busybox sleep 0.2; done
  /run/mcp-tools/busybox nc 127.0.0.1 9100 -e "$@" &
  server=$!
  wait "$server" || exit $?
done
