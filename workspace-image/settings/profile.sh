# A login shell begins with a PATH of its own. At its end, so that the guards in /usr/local/bin come first.
case ":$PATH:" in
  *:/opt/workspace/programs/bin:*) ;;
  *) PATH="$PATH:/opt/workspace/programs/bin" ;;
esac
export PATH

# A terminal of Coder begins in the home: people work in the folder that the editor opens. Not for a shell that the
# editor asks for its environment.
case $-:${VSCODE_RESOLVING_ENVIRONMENT:-} in
  *i*:)
    if [ "$PWD" = "$HOME" ] && [ -O "/tmp/code-server-$(id -u)/folder" ]; then
      cd -- "$(cat "/tmp/code-server-$(id -u)/folder")" 2>/dev/null || :
    fi
    ;;
esac
