# A login shell begins with a PATH of its own. At its end, so that the guards in /usr/local/bin come first.
case ":$PATH:" in
  *:/opt/workspace/programs/bin:*) ;;
  *) PATH="$PATH:/opt/workspace/programs/bin" ;;
esac
export PATH
